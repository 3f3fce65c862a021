package io.rudder.examples;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.testing.LocalTun;
import io.rudder.netty.tun.TunAddress;
import io.rudder.netty.tun.TunChannel;
import io.rudder.netty.tun.TunInterface;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A TUN device that answers every ping. Without an argument on a device that needs no root; with the name of a device it
 * makes that one, and answers whoever pings an address of 10.9.0.0/16 on this host, until it is stopped.
 */
public final class EchoTun {
    private EchoTun() {}

    /** Answers the echo requests of whatever address. */
    static final class PingHandler extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf packet) {
            int message = Ipv4Header.MIN_LENGTH;
            boolean isEcho = packet.readableBytes() >= message + 8
                    && packet.getUnsignedByte(0) == 0x45
                    && Ipv4Header.protocol(packet, 0) == Ipv4Header.PROTOCOL_ICMP
                    && packet.getByte(message) == 8;
            if (isEcho) {
                int source = Ipv4Header.source(packet, 0);
                packet.setInt(Ipv4Header.SOURCE, Ipv4Header.destination(packet, 0));
                packet.setInt(Ipv4Header.DESTINATION, source);
                packet.setByte(message, 0);
                Packets.updateIcmpChecksum(packet, message);
                context.writeAndFlush(packet.retain());
            }
        }
    }

    /** Runs the example. */
    public static void main(String[] args) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            if (args.length == 0) {
                pingItself(group);
            } else {
                answerTheHost(group, args[0]);
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private static TunChannel open(EventLoopGroup group, ChannelFactory<TunChannel> device, String name)
            throws InterruptedException {
        return (TunChannel) new Bootstrap()
                .group(group)
                .channelFactory(device)
                .handler(new PingHandler())
                .bind(new TunAddress(name))
                .sync()
                .channel();
    }

    private static void pingItself(EventLoopGroup group) throws Exception {
        try (LocalTun host = new LocalTun("echo0")) {
            TunChannel tun = open(group, host::channel, "echo0");
            byte[] ping = Packets.ping("10.9.0.1", "10.9.7.7");
            System.out.println("sent      " + Packets.describe(ping));
            host.send(ping);
            byte[] answer = host.receive(Duration.ofSeconds(10)).orElseThrow();
            System.out.println("received  " + Packets.describe(answer));
            tun.close().sync();
        }
    }

    private static void answerTheHost(EventLoopGroup group, String name) throws Exception {
        TunChannel tun = open(group, TunChannel::new, name);
        new TunInterface(tun.localAddress())
                .address(Ipv4.parse("10.9.0.1"), 32)
                .up()
                .route(Ipv4Prefix.parse("10.9.0.0/16"));
        System.out.println(tun.localAddress() + " answers at all addresses of 10.9.0.0/16; Ctrl-C ends");
        tun.closeFuture().sync();
    }
}
