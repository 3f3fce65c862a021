package io.rudder.netty.packet;

import io.netty.buffer.ByteBuf;

/** What some bytes are, as far as an overlay of IPv4 packets needs to know. */
public enum PacketShape {
    /** An IPv4 packet: header complete, total length that of the bytes. */
    IPV4,
    /** Says that it is IPv6; nothing else was looked at. */
    IPV6,
    /** Neither. */
    MALFORMED;

    /** Looks at {@code length} bytes from {@code offset} on. */
    public static PacketShape of(ByteBuf buffer, int offset, int length) {
        if (length < Ipv4Header.MIN_LENGTH) {
            return MALFORMED;
        }
        int version = Ipv4Header.version(buffer, offset);
        if (version != 4) {
            return version == 6 ? IPV6 : MALFORMED;
        }
        int headerLength = Ipv4Header.headerLength(buffer, offset);
        boolean sane = headerLength >= Ipv4Header.MIN_LENGTH
                && headerLength <= length
                && Ipv4Header.totalLength(buffer, offset) == length;
        return sane ? IPV4 : MALFORMED;
    }
}
