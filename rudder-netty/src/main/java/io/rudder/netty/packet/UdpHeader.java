package io.rudder.netty.packet;

/** Offsets in the UDP header (RFC 768). */
public final class UdpHeader {
    /** Length in bytes. */
    public static final int LENGTH = 8;

    /** The field with the length of header and data. */
    public static final int DATAGRAM_LENGTH = 4;

    public static final int CHECKSUM = 6;

    private UdpHeader() {}

    /** The checksum to write for a computed one: 0 would mean that there is none (RFC 768). */
    public static int checksum(int computed) {
        return (computed & 0xffff) == 0 ? 0xffff : computed;
    }
}
