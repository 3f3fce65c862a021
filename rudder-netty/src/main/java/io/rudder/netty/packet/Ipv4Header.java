package io.rudder.netty.packet;

import io.netty.buffer.ByteBuf;

/**
 * The IPv4 header (RFC 791), read and patched in place. The offset that each method takes is that of the header's first
 * byte in the buffer; whoever calls has checked that the header is there.
 *
 * <pre>
 *  0                   1                   2                   3
 * +-------+-------+---------------+-------------------------------+
 * |Version|  IHL  |Type of service|          Total length         |   0
 * +-------+-------+---------------+-----+-------------------------+
 * |         Identification        |Flags|     Fragment offset     |   4
 * +---------------+---------------+-----+-------------------------+
 * |  Time to live |    Protocol   |        Header checksum        |   8
 * +---------------+---------------+-------------------------------+
 * |                         Source address                        |  12
 * |                       Destination address                     |  16
 * |                    Options, up to 40 bytes                    |  20
 * </pre>
 */
public final class Ipv4Header {
    /** Length in bytes without options. */
    public static final int MIN_LENGTH = 20;

    public static final int TYPE_OF_SERVICE = 1;
    public static final int TOTAL_LENGTH = 2;
    public static final int IDENTIFICATION = 4;
    public static final int FRAGMENT = 6;
    public static final int TIME_TO_LIVE = 8;
    public static final int PROTOCOL = 9;
    public static final int CHECKSUM = 10;
    public static final int SOURCE = 12;
    public static final int DESTINATION = 16;

    public static final int PROTOCOL_ICMP = 1;
    public static final int PROTOCOL_TCP = 6;
    public static final int PROTOCOL_UDP = 17;

    /** "Don't fragment" in the field at {@link #FRAGMENT}. */
    public static final int DONT_FRAGMENT = 0x4000;

    private static final int MORE_FRAGMENTS_AND_OFFSET = 0x3fff;
    private static final int FRAGMENT_OFFSET = 0x1fff;

    private Ipv4Header() {}

    /** The IP version, 4 bits. */
    public static int version(ByteBuf buffer, int offset) {
        return buffer.getByte(offset) >> 4 & 0xf;
    }

    /** The header's length in bytes, 0 to 60. */
    public static int headerLength(ByteBuf buffer, int offset) {
        return (buffer.getByte(offset) & 0xf) * 4;
    }

    /** The length of header and data in bytes. */
    public static int totalLength(ByteBuf buffer, int offset) {
        return buffer.getUnsignedShort(offset + TOTAL_LENGTH);
    }

    public static int timeToLive(ByteBuf buffer, int offset) {
        return buffer.getUnsignedByte(offset + TIME_TO_LIVE);
    }

    public static int protocol(ByteBuf buffer, int offset) {
        return buffer.getUnsignedByte(offset + PROTOCOL);
    }

    public static int source(ByteBuf buffer, int offset) {
        return buffer.getInt(offset + SOURCE);
    }

    public static int destination(ByteBuf buffer, int offset) {
        return buffer.getInt(offset + DESTINATION);
    }

    /** Whether the packet is part of a fragmented one, first or later. */
    public static boolean isFragment(ByteBuf buffer, int offset) {
        return (buffer.getUnsignedShort(offset + FRAGMENT) & MORE_FRAGMENTS_AND_OFFSET) != 0;
    }

    /** Whether the packet is a fragment that does not hold the transport header. */
    public static boolean isLaterFragment(ByteBuf buffer, int offset) {
        return (buffer.getUnsignedShort(offset + FRAGMENT) & FRAGMENT_OFFSET) != 0;
    }

    /**
     * Takes one from the time to live, which is not 0, and patches the checksum (RFC 1624, equation 3:
     * HC' = ~(~HC + ~m + m')).
     */
    public static void decrementTimeToLive(ByteBuf buffer, int offset) {
        int old = buffer.getUnsignedShort(offset + TIME_TO_LIVE);
        int changed = old - 0x100;
        buffer.setShort(offset + TIME_TO_LIVE, changed);
        int sum = (~buffer.getUnsignedShort(offset + CHECKSUM) & 0xffff) + (~old & 0xffff) + changed;
        buffer.setShort(offset + CHECKSUM, ~InternetChecksum.fold(sum));
    }

    /** Computes the checksum anew from all other fields. */
    public static void updateChecksum(ByteBuf buffer, int offset) {
        buffer.setShort(offset + CHECKSUM, 0);
        int sum = InternetChecksum.sumOfHeader(buffer, offset, headerLength(buffer, offset));
        buffer.setShort(offset + CHECKSUM, ~sum);
    }
}
