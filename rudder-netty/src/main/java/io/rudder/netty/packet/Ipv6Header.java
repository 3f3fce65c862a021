package io.rudder.netty.packet;

/** Offsets in the IPv6 header (RFC 8200, 3). */
public final class Ipv6Header {
    /** Length in bytes without extension headers. */
    public static final int LENGTH = 40;

    /** The field with the length of what follows the header. */
    public static final int PAYLOAD_LENGTH = 4;

    public static final int NEXT_HEADER = 6;
    public static final int HOP_LIMIT = 7;
    public static final int SOURCE = 8;
    public static final int DESTINATION = 24;

    private Ipv6Header() {}
}
