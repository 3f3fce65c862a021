package io.rudder.netty.packet;

import io.netty.buffer.ByteBuf;
import io.rudder.net.Ipv4;

/**
 * ICMP error messages (RFC 792): an IPv4 header, the ICMP header and, of the packet that they are about, the IP header
 * and 8 bytes more.
 *
 * <pre>
 *  0        20     21     22         24                          28
 *  +--------+------+------+----------+---------------------------+--------------------------+
 *  | IPv4   | type | code | checksum | unused, or MTU in the low | offending IP header and  |
 *  | header |      |      |          | 16 bits (RFC 1191)        | the first 8 bytes behind |
 *  +--------+------+------+----------+---------------------------+--------------------------+
 * </pre>
 */
public enum IcmpError {
    /** No lease holds the destination. */
    NET_UNREACHABLE(3, 0),
    /** The packet does not fit and must not be fragmented; tells what would fit. */
    FRAGMENTATION_NEEDED(3, 4),
    /** The time to live was used up on the way. */
    TIME_EXCEEDED(11, 0);

    /** The length of the longest message in bytes: an offending header with 40 bytes of options. */
    public static final int MAX_LENGTH = 20 + 8 + 60 + 8;

    private static final int ICMP_OFFSET = Ipv4Header.MIN_LENGTH;
    private static final int ICMP_HEADER_LENGTH = 8;
    private static final int QUOTED_PAYLOAD = 8;
    private static final int VERSION_4_HEADER_20 = 0x45;
    // "Internetwork control", the precedence that RFC 1812 4.3.2.5 asks for.
    private static final int INTERNETWORK_CONTROL = 0xc0;
    private static final int TIME_TO_LIVE = 64;

    private final int type;
    private final int code;

    IcmpError(int type, int code) {
        this.type = type;
        this.code = code;
    }

    /**
     * Whether an error may be sent about a packet: not about ICMP errors, fragments other than the first, packets to
     * multicast or broadcast, or from an address that is not one host's (RFC 1122, 3.2.2).
     *
     * @param offset that of the IPv4 header, which is complete
     * @param length of the packet in bytes
     */
    public static boolean mayAnswer(ByteBuf packet, int offset, int length) {
        return !Ipv4Header.isLaterFragment(packet, offset)
                && isOneHost(Ipv4Header.source(packet, offset))
                && isOneHost(Ipv4Header.destination(packet, offset))
                && !isIcmpError(packet, offset, length);
    }

    private static boolean isOneHost(int address) {
        return address != 0 && address != -1 && !Ipv4.isMulticast(address) && !Ipv4.isLoopback(address);
    }

    private static boolean isIcmpError(ByteBuf packet, int offset, int length) {
        if (Ipv4Header.protocol(packet, offset) != Ipv4Header.PROTOCOL_ICMP) {
            return false;
        }
        int headerLength = Ipv4Header.headerLength(packet, offset);
        if (length <= headerLength) {
            return true;
        }
        return switch (packet.getUnsignedByte(offset + headerLength)) {
            // Echo, timestamp, information and address mask: questions and answers. All else is or may be an error.
            case 0, 8, 13, 14, 15, 16, 17, 18 -> false;
            default -> true;
        };
    }

    /**
     * Writes the message about a packet at the writer index.
     *
     * @param from the source address of the message
     * @param offset that of the offending packet's IPv4 header
     * @param length of the offending packet in bytes
     * @param mtu the MTU to tell, 0 but for {@link #FRAGMENTATION_NEEDED}
     */
    public void write(ByteBuf out, int from, ByteBuf offending, int offset, int length, int mtu) {
        int quoted = Math.min(length, Ipv4Header.headerLength(offending, offset) + QUOTED_PAYLOAD);
        int start = out.writerIndex();
        int totalLength = ICMP_OFFSET + ICMP_HEADER_LENGTH + quoted;
        out.writeByte(VERSION_4_HEADER_20).writeByte(INTERNETWORK_CONTROL).writeShort(totalLength);
        out.writeInt(0);
        out.writeByte(TIME_TO_LIVE).writeByte(Ipv4Header.PROTOCOL_ICMP).writeShort(0);
        out.writeInt(from).writeInt(Ipv4Header.source(offending, offset));
        Ipv4Header.updateChecksum(out, start);

        out.writeByte(type).writeByte(code).writeShort(0).writeInt(mtu);
        out.writeBytes(offending, offset, quoted);
        int icmp = start + ICMP_OFFSET;
        out.setShort(icmp + 2, ~sum(out, icmp, ICMP_HEADER_LENGTH + quoted));
    }

    private static int sum(ByteBuf buffer, int offset, int length) {
        int whole = length & ~3;
        long sum = InternetChecksum.sumOfHeader(buffer, offset, whole);
        for (int i = whole; i < length; i++) {
            sum += (long) buffer.getUnsignedByte(offset + i) << ((i & 1) == 0 ? 8 : 0);
        }
        return InternetChecksum.fold(sum);
    }
}
