package io.rudder.examples;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsQueryEncoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import io.rudder.net.Ipv4;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.UdpHeader;
import io.rudder.netty.testing.LocalTun;
import io.rudder.netty.tun.TunAddress;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * DNS in user space: packets to 10.9.0.53, port 53, never reach a socket; the handler of a TUN channel answers them with
 * Netty's own DNS codec.
 */
public final class Dns {
    private static final InetSocketAddress SERVER =
            new InetSocketAddress(Ipv4.toInetAddress(Ipv4.parse("10.9.0.53")), 53);
    private static final InetSocketAddress CLIENT =
            new InetSocketAddress(Ipv4.toInetAddress(Ipv4.parse("10.9.0.1")), 4242);
    private static final int PAYLOAD = Ipv4Header.MIN_LENGTH + UdpHeader.LENGTH;

    private Dns() {}

    /** Answers every question for an address. */
    static final class Answers extends SimpleChannelInboundHandler<ByteBuf> {
        private final EmbeddedChannel codec =
                new EmbeddedChannel(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder());

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf packet) {
            boolean isForUs = packet.readableBytes() >= PAYLOAD
                    && packet.getUnsignedByte(0) == 0x45
                    && Ipv4Header.protocol(packet, 0) == Ipv4Header.PROTOCOL_UDP
                    && Ipv4Header.destination(packet, 0) == Ipv4.of((Inet4Address) SERVER.getAddress())
                    && packet.getUnsignedShort(Ipv4Header.MIN_LENGTH + 2) == SERVER.getPort();
            if (isForUs && codec.writeInbound(datagramIn(packet))) {
                DatagramDnsQuery query = codec.readInbound();
                codec.writeOutbound(answer(query));
                query.release();
                context.writeAndFlush(Unpooled.wrappedBuffer(packetOf(codec.readOutbound(), SERVER)));
            }
        }

        private static DatagramDnsResponse answer(DatagramDnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            DatagramDnsResponse response = new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
            response.addRecord(DnsSection.QUESTION, question);
            ByteBuf address = Unpooled.buffer(4).writeInt(Ipv4.parse("10.9.8.7"));
            response.addRecord(
                    DnsSection.ANSWER, new DefaultDnsRawRecord(question.name(), DnsRecordType.A, 60, address));
            return response;
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            codec.finishAndReleaseAll();
        }
    }

    private static DatagramPacket datagramIn(ByteBuf packet) {
        ByteBuf payload = packet.copy(PAYLOAD, packet.readableBytes() - PAYLOAD);
        return new DatagramPacket(
                payload,
                endpoint(Ipv4Header.destination(packet, 0), packet.getUnsignedShort(Ipv4Header.MIN_LENGTH + 2)),
                endpoint(Ipv4Header.source(packet, 0), packet.getUnsignedShort(Ipv4Header.MIN_LENGTH)));
    }

    private static InetSocketAddress endpoint(int address, int port) {
        return new InetSocketAddress(Ipv4.toInetAddress(address), port);
    }

    private static byte[] packetOf(DatagramPacket datagram, InetSocketAddress sender) {
        try {
            return Packets.udp(
                    Ipv4.of((Inet4Address) sender.getAddress()),
                    sender.getPort(),
                    Ipv4.of((Inet4Address) datagram.recipient().getAddress()),
                    datagram.recipient().getPort(),
                    datagram.content());
        } finally {
            datagram.release();
        }
    }

    /** Runs the example: a client that asks by raw packets, as the host's resolver would. */
    public static void main(String[] args) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        EmbeddedChannel client = new EmbeddedChannel(new DatagramDnsQueryEncoder(), new DatagramDnsResponseDecoder());
        try (LocalTun host = new LocalTun("dns0")) {
            new Bootstrap()
                    .group(group)
                    .channelFactory(host::channel)
                    .handler(new Answers())
                    .bind(new TunAddress("dns0"))
                    .sync();
            DatagramDnsQuery query = new DatagramDnsQuery(CLIENT, SERVER, 77);
            query.addRecord(DnsSection.QUESTION, new DefaultDnsQuestion("rudder.example.", DnsRecordType.A));
            client.writeOutbound(query);
            host.send(packetOf(client.readOutbound(), CLIENT));

            byte[] answer = host.receive(Duration.ofSeconds(10)).orElseThrow();
            client.writeInbound(datagramIn(Unpooled.wrappedBuffer(answer)));
            DatagramDnsResponse response = client.readInbound();
            DnsRawRecord record = response.recordAt(DnsSection.ANSWER);
            System.out.println(record.name() + " has address "
                    + Ipv4.format(record.content().readInt()));
            response.release();
        } finally {
            client.finishAndReleaseAll();
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
