package io.rudder.netty.packet;

import io.netty.buffer.ByteBuf;

/**
 * {@code struct virtio_net_hdr} of linux/virtio_net.h, which precedes each packet of a TUN device with IFF_VNET_HDR. All
 * fields are in the machine's byte order; this class reads and writes little endian, so x86_64 and aarch64.
 *
 * <pre>
 *  0       1          2             4              6              8               10
 *  +-------+----------+-------------+--------------+--------------+---------------+
 *  | flags | gso_type | hdr_len (2) | gso_size (2) | csum_start(2)| csum_offset(2)|
 *  +-------+----------+-------------+--------------+--------------+---------------+
 * </pre>
 *
 * csum_start counts from the first byte of the packet, csum_offset from csum_start.
 */
public final class VirtioNetHeader {
    /** Length in bytes. */
    public static final int LENGTH = 10;

    /** In flags: the checksum field holds only the seed, the rest of the sum is still to be added. */
    public static final int NEEDS_CHECKSUM = 1;

    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;

    // VIRTIO_NET_HDR_GSO_ECN: a super-packet of TCP whose first segment alone carries CWR.
    private static final int GSO_ECN = 0x80;

    private VirtioNetHeader() {}

    /** One of the GSO constants, or a type that is not known here. */
    public static int gsoType(ByteBuf buffer, int offset) {
        return buffer.getUnsignedByte(offset + 1) & ~GSO_ECN;
    }

    /** Bytes of payload in each segment but the last. */
    public static int gsoSize(ByteBuf buffer, int offset) {
        return buffer.getUnsignedShortLE(offset + 4);
    }

    public static boolean needsChecksum(ByteBuf buffer, int offset) {
        return (buffer.getByte(offset) & NEEDS_CHECKSUM) != 0;
    }

    public static int checksumStart(ByteBuf buffer, int offset) {
        return buffer.getUnsignedShortLE(offset + 6);
    }

    public static int checksumOffset(ByteBuf buffer, int offset) {
        return buffer.getUnsignedShortLE(offset + 8);
    }

    /** Writes the header of a packet that is complete as it is. */
    public static void writePlain(ByteBuf buffer, int offset) {
        buffer.setLong(offset, 0);
        buffer.setShort(offset + 8, 0);
    }

    /** Writes the header of a super-packet whose transport checksum field holds the seed. */
    public static void writeSuperPacket(
            ByteBuf buffer, int offset, int gsoType, int gsoSize, int headerLength, int checksumStart) {
        buffer.setByte(offset, NEEDS_CHECKSUM);
        buffer.setByte(offset + 1, gsoType);
        buffer.setShortLE(offset + 2, headerLength);
        buffer.setShortLE(offset + 4, gsoSize);
        buffer.setShortLE(offset + 6, checksumStart);
        buffer.setShortLE(offset + 8, gsoType == GSO_UDP_L4 ? UdpHeader.CHECKSUM : TcpHeader.CHECKSUM);
    }
}
