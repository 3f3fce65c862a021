package io.rudder.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.rudder.net.Ipv4;
import io.rudder.netty.packet.InternetChecksum;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.UdpHeader;
import java.nio.charset.StandardCharsets;

/** IPv4 packets as the examples send and show them. */
final class Packets {
    private static final int UDP_PORT = 7;
    private static final int PAYLOAD = Ipv4Header.MIN_LENGTH + UdpHeader.LENGTH;
    private static final int ICMP_ECHO_REQUEST = 8;
    private static final int ICMP_CHECKSUM = 2;

    private Packets() {}

    /** A UDP datagram with a text in it; its checksum is left out, which IPv4 allows. */
    static byte[] udp(String from, String to, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        return udp(Ipv4.parse(from), UDP_PORT, Ipv4.parse(to), UDP_PORT, Unpooled.wrappedBuffer(payload));
    }

    /** A UDP datagram. */
    static byte[] udp(int from, int fromPort, int to, int toPort, ByteBuf payload) {
        int length = UdpHeader.LENGTH + payload.readableBytes();
        ByteBuf packet = header(from, to, Ipv4Header.PROTOCOL_UDP, length);
        packet.writeShort(fromPort).writeShort(toPort).writeShort(length).writeShort(0);
        return ByteBufUtil.getBytes(packet.writeBytes(payload));
    }

    /** An ICMP echo request, as ping sends it. */
    static byte[] ping(String from, String to) {
        ByteBuf packet = header(Ipv4.parse(from), Ipv4.parse(to), Ipv4Header.PROTOCOL_ICMP, 8);
        packet.writeByte(ICMP_ECHO_REQUEST)
                .writeByte(0)
                .writeShort(0)
                .writeShort(1)
                .writeShort(1);
        updateIcmpChecksum(packet, Ipv4Header.MIN_LENGTH);
        return ByteBufUtil.getBytes(packet);
    }

    private static ByteBuf header(int from, int to, int protocol, int payloadLength) {
        ByteBuf packet = Unpooled.buffer();
        packet.writeShort(0x4500)
                .writeShort(Ipv4Header.MIN_LENGTH + payloadLength)
                .writeInt(0);
        packet.writeByte(64).writeByte(protocol).writeShort(0).writeInt(from).writeInt(to);
        Ipv4Header.updateChecksum(packet, 0);
        return packet;
    }

    /** Computes the checksum of an ICMP message that ends where the buffer does. */
    static void updateIcmpChecksum(ByteBuf packet, int message) {
        packet.setShort(message + ICMP_CHECKSUM, 0);
        int sum = InternetChecksum.sum(packet, message, packet.writerIndex() - message);
        packet.setShort(message + ICMP_CHECKSUM, ~sum);
    }

    /** Source, destination, time to live and what is inside, in one line. */
    static String describe(byte[] bytes) {
        ByteBuf packet = Unpooled.wrappedBuffer(bytes);
        return Ipv4.format(Ipv4Header.source(packet, 0)) + " -> " + Ipv4.format(Ipv4Header.destination(packet, 0))
                + ", ttl " + Ipv4Header.timeToLive(packet, 0) + ", " + content(packet);
    }

    private static String content(ByteBuf packet) {
        int protocol = Ipv4Header.protocol(packet, 0);
        if (protocol == Ipv4Header.PROTOCOL_ICMP) {
            return "icmp type " + packet.getByte(Ipv4Header.MIN_LENGTH);
        }
        return "udp '" + packet.toString(PAYLOAD, packet.writerIndex() - PAYLOAD, StandardCharsets.UTF_8) + "'";
    }
}
