package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.rudder.netty.offload.Coalescer;
import io.rudder.netty.offload.PlainSink;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.probe.ControlMessages;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Paths;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Reference;
import io.rudder.netty.testing.Wire;
import io.rudder.status.Counters;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The way of a packet makes no garbage but the DatagramPacket that Netty wants for each send. */
class AllocationTest {
    private static final int ROUNDS = 100_000;
    // Header of 12 bytes and three references of 4, with compressed pointers; a segment size of 4 more, padded to 8.
    private static final int DATAGRAM_PACKET = 24;
    private static final int SEGMENTED_DATAGRAM_PACKET = 32;
    // Bytes a round: what runs before it is compiled allocates a little. The smallest object has 16.
    private static final double NOISE = 8;
    private static final InetSocketAddress OWN = new InetSocketAddress("198.51.100.1", 8285);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Wire tun = new Wire();
    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private final RouteSource routes = new RouteSource();

    private void start(boolean vnetHeader) {
        routes.publish(Peers.ROUTES);
        SegmentBatch batch = new SegmentBatch(udp.channel(), counters, Paths.wide(), Paths.NOBODY, true);
        // A clock that stands still: after the burst no answer is made.
        IcmpResponder icmp = new IcmpResponder(tun.channel(), vnetHeader, counters, () -> 0);
        tun.addLast(new Swallow());
        tun.addLast(new EncapHandler(routes, batch, Paths.wide(), icmp, counters, vnetHeader));
        udp.addLast(new Swallow());
        udp.addLast(new DecapHandler(
                routes,
                vnetHeader ? new Coalescer(tun.channel(), counters, true) : new PlainSink(tun.channel(), counters),
                batch,
                ControlMessages.NONE,
                counters));
    }

    @AfterEach
    void everythingWasReleased() {
        Wire.closeAll(tun, udp);
    }

    private double bytesPerRound(Runnable round) {
        for (int i = 0; i < 20_000; i++) {
            round.run();
        }
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
        return (threads.getThreadAllocatedBytes(thread) - before) / (double) ROUNDS;
    }

    /** What one batch of reads from the device costs; each message is put back as it was after it. */
    private double encap(byte[] message, int messagesPerBatch) {
        ByteBuf buffer = Bytes.buffer(message);
        int timeToLive = buffer.readerIndex() + 10 + 8;
        int ttlAndProtocol = buffer.getUnsignedShort(timeToLive);
        int checksum = buffer.getUnsignedShort(timeToLive + 2);
        ChannelPipeline pipeline = tun.channel().pipeline();
        double bytes = bytesPerRound(() -> {
            for (int i = 0; i < messagesPerBatch; i++) {
                pipeline.fireChannelRead(buffer.retain());
                buffer.setShort(timeToLive, ttlAndProtocol).setShort(timeToLive + 2, checksum);
            }
            pipeline.fireChannelReadComplete();
        });
        buffer.release();
        return bytes;
    }

    private double decap(List<byte[]> packets) {
        DatagramPacket[] datagrams = packets.stream()
                .map(packet -> new DatagramPacket(Bytes.buffer(packet), OWN, Peers.B.endpoint()))
                .toArray(DatagramPacket[]::new);
        ChannelPipeline pipeline = udp.channel().pipeline();
        double bytes = bytesPerRound(() -> {
            for (DatagramPacket datagram : datagrams) {
                pipeline.fireChannelRead(datagram.retain());
            }
            pipeline.fireChannelReadComplete();
        });
        Arrays.stream(datagrams).forEach(DatagramPacket::release);
        return bytes;
    }

    private static byte[] tcp(String from, String to, int payload) {
        byte[] header = Packets.ipv4Header(from, to, Packets.TCP, new byte[0]);
        return Reference.finish(Bytes.join(header, Packets.tcp(5, 0x10, new byte[12], new byte[payload])));
    }

    private static byte[] udpMessage(String from, String to) {
        return Bytes.join(Packets.plainVnet(), Packets.ipv4(from, to, Packets.UDP, Packets.udp(1, 2, new byte[100])));
    }

    @Test
    void aPacketOutCostsItsDatagramPacket() {
        start(true);
        assertThat(encap(udpMessage("10.0.34.7", "10.0.35.9"), 1)).isLessThan(DATAGRAM_PACKET + NOISE);
    }

    @Test
    void aRunOfPacketsOutCostsOneDatagramPacket() {
        start(true);
        assertThat(encap(udpMessage("10.0.34.7", "10.0.35.9"), 8)).isLessThan(SEGMENTED_DATAGRAM_PACKET + NOISE);
    }

    @Test
    void aSuperPacketOutCostsOneDatagramPacketASend() {
        start(true);
        byte[] message = Packets.superPacket(tcp("10.0.34.7", "10.0.35.9", 10_000), 1400);
        assertThat(encap(message, 1)).isLessThan(SEGMENTED_DATAGRAM_PACKET + NOISE);
    }

    @Test
    void packetsInCostNothing() {
        start(true);
        assertThat(decap(Reference.segment(tcp("10.0.35.9", "10.0.34.7", 10_000), 1400)))
                .isLessThan(NOISE);
    }

    @Test
    void packetsInWithoutOffloadCostNothing() {
        start(false);
        assertThat(decap(Reference.segment(tcp("10.0.35.9", "10.0.34.7", 4000), 1400)))
                .isLessThan(NOISE);
    }

    @Test
    void packetsThatAreDroppedCostNothing() {
        start(true);
        assertThat(encap(udpMessage("198.51.100.1", "10.0.35.9"), 1)).isLessThan(NOISE);
        assertThat(encap(udpMessage("10.0.34.7", "10.0.99.9"), 1)).isLessThan(NOISE);
        assertThat(decap(List.of(tcp("10.0.35.9", "10.0.99.9", 10), tcp("10.0.99.9", "10.0.34.7", 10), new byte[3])))
                .isLessThan(NOISE);
    }

    /** A kernel that takes everything at once. */
    private static final class Swallow extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void flush(ChannelHandlerContext context) {}
    }
}
