package io.rudder.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.offload.PathMtus;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.offload.Segmenter;
import io.rudder.netty.packet.InternetChecksum;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.TcpHeader;
import io.rudder.netty.packet.UdpHeader;
import io.rudder.netty.packet.VirtioNetHeader;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Packets from this host to a peer, as a local socket hands them over: with checksums still to be completed. */
public final class SamplePackets {
    /** The subnet of this host. */
    public static final Ipv4Prefix OWN = Ipv4Prefix.parse("10.5.1.0/24");

    /** The host that the packets are for. */
    public static final Peer PEER = Peer.of(Ipv4Prefix.parse("10.5.2.0/24"), Ipv4.parse("203.0.113.2"), 8285);

    /** How many packets of the MTU are in a super-packet, as many as fit one UDP send. */
    public static final int SEGMENTS = 44;

    private static final int MTU_BYTES = 1472;
    // With the timestamp option that TCP always has on Linux.
    private static final int TCP_HEADER_BYTES = 32;
    private static final int SEGMENT_BYTES = MTU_BYTES - Ipv4Header.MIN_LENGTH - TCP_HEADER_BYTES;
    private static final int PACKET = VirtioNetHeader.LENGTH;
    private static final int TRANSPORT = PACKET + Ipv4Header.MIN_LENGTH;

    private SamplePackets() {}

    /** A {@code virtio_net_hdr} and a TCP super-packet of {@link #SEGMENTS} times the MTU. */
    public static ByteBuf superPacket() {
        int headers = Ipv4Header.MIN_LENGTH + TCP_HEADER_BYTES;
        ByteBuf message = message(headers + SEGMENTS * SEGMENT_BYTES, Ipv4Header.PROTOCOL_TCP);
        message.setInt(TRANSPORT + TcpHeader.SEQUENCE, 1_000_000);
        message.setByte(TRANSPORT + TcpHeader.DATA_OFFSET, TCP_HEADER_BYTES / 4 << 4);
        message.setByte(TRANSPORT + TcpHeader.FLAGS, TcpHeader.ACK);
        message.setInt(TRANSPORT + TcpHeader.OPTIONS, 0x0101080a);
        VirtioNetHeader.writeSuperPacket(
                message, 0, VirtioNetHeader.GSO_TCPV4, SEGMENT_BYTES, headers, Ipv4Header.MIN_LENGTH);
        return message;
    }

    /** A {@code virtio_net_hdr} and a UDP packet with 64 bytes of payload. */
    public static ByteBuf smallPacket() {
        ByteBuf message = message(Ipv4Header.MIN_LENGTH + UdpHeader.LENGTH + 64, Ipv4Header.PROTOCOL_UDP);
        message.setShort(TRANSPORT + UdpHeader.DATAGRAM_LENGTH, UdpHeader.LENGTH + 64);
        VirtioNetHeader.writeSuperPacket(message, 0, VirtioNetHeader.GSO_NONE, 0, 0, Ipv4Header.MIN_LENGTH);
        message.setShortLE(8, UdpHeader.CHECKSUM);
        message.setShort(TRANSPORT + UdpHeader.CHECKSUM, seed(message));
        return message;
    }

    /** What is on the wire for a message from the TUN device: complete packets, each a buffer of its own. */
    public static List<ByteBuf> onTheWire(ByteBuf message) {
        EmbeddedChannel udp = new EmbeddedChannel();
        Counters counters = new Counters();
        PathMtus pathMtus = new PathMtus(System::nanoTime, address -> 0);
        SegmentBatch batch = new SegmentBatch(udp, counters, pathMtus, (packet, offset, length, mtu) -> {}, true);
        new Segmenter(batch).send(message, PEER, PathMtus.UNLIMITED);
        batch.flush();
        List<ByteBuf> packets = new ArrayList<>();
        for (Object sent = udp.readOutbound(); sent != null; sent = udp.readOutbound()) {
            cut((DatagramPacket) sent, packets);
        }
        batch.release();
        return packets;
    }

    private static void cut(DatagramPacket sent, List<ByteBuf> packets) {
        ByteBuf run = sent.content();
        int size = sent instanceof SegmentedDatagramPacket segmented ? segmented.segmentSize() : run.readableBytes();
        while (run.isReadable()) {
            ByteBuf packet = run.readSlice(Math.min(size, run.readableBytes()));
            packets.add(Unpooled.directBuffer(packet.readableBytes()).writeBytes(packet));
        }
        sent.release();
    }

    /** Guards a benchmark against measuring how packets are dropped. */
    public static void checkAllCarried(Counters counters, Counter counter, long expected) {
        if (counters.get(counter) != expected) {
            throw new IllegalStateException(counters.get(counter) + " of " + expected + " packets were carried");
        }
    }

    private static ByteBuf message(int length, int protocol) {
        ByteBuf message = Unpooled.directBuffer(PACKET + length).writeZero(PACKET);
        byte[] payload = new byte[length];
        new Random(1).nextBytes(payload);
        message.writeBytes(payload);
        message.setZero(PACKET, Ipv4Header.MIN_LENGTH + TCP_HEADER_BYTES);
        message.setByte(PACKET, 0x45);
        message.setShort(PACKET + Ipv4Header.TOTAL_LENGTH, length);
        message.setShort(PACKET + Ipv4Header.FRAGMENT, Ipv4Header.DONT_FRAGMENT);
        message.setByte(PACKET + Ipv4Header.TIME_TO_LIVE, 64);
        message.setByte(PACKET + Ipv4Header.PROTOCOL, protocol);
        message.setInt(PACKET + Ipv4Header.SOURCE, OWN.firstUsable());
        message.setInt(PACKET + Ipv4Header.DESTINATION, PEER.subnet().firstUsable());
        message.setInt(TRANSPORT, 40000 << 16 | 5201); // the ports
        Ipv4Header.updateChecksum(message, PACKET);
        return message;
    }

    private static int seed(ByteBuf message) {
        int transportLength = message.readableBytes() - TRANSPORT;
        return InternetChecksum.fold((long) InternetChecksum.sumOfHeader(message, PACKET + Ipv4Header.SOURCE, 8)
                + Ipv4Header.protocol(message, PACKET)
                + transportLength);
    }
}
