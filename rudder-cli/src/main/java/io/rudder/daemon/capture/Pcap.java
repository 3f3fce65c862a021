package io.rudder.daemon.capture;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * The classic capture file (draft-ietf-opsawg-pcap), big-endian, with nanoseconds, of raw IP packets:
 *
 * <pre>
 * file:   magic a1b23c4d, version 2.4, 0, 0, snap length, link type 101 (RAW)
 * record: seconds, nanoseconds, bytes kept, bytes of the packet, packet
 * </pre>
 */
public final class Pcap {
    /** More than any IP packet has; also the most that tcpdump reads. */
    public static final int MAX_SNAP_BYTES = 262144;

    private static final int MAGIC_NANOS = 0xa1b23c4d;
    private static final int LINKTYPE_RAW = 101;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int IP_BYTES = 20;
    private static final int IP_CHECKSUM = 10;
    private static final int UDP_BYTES = 8;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int UDP = 17;

    private Pcap() {}

    /** What a file begins with. */
    public static byte[] fileHeader(int snapBytes) {
        return ByteBuffer.allocate(FILE_HEADER_BYTES)
                .putInt(MAGIC_NANOS)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(snapBytes)
                .putInt(LINKTYPE_RAW)
                .array();
    }

    /** One packet: headers that were not in the buffer, then what is in it. */
    static byte[] record(Instant at, byte[] headers, ByteBuf buffer, int offset, int length, int snapBytes) {
        int packetBytes = headers.length + length;
        int kept = Math.min(snapBytes, packetBytes);
        byte[] record = new byte[RECORD_HEADER_BYTES + kept];
        ByteBuffer.wrap(record)
                .putInt((int) at.getEpochSecond())
                .putInt(at.getNano())
                .putInt(kept)
                .putInt(packetBytes);
        int headerBytes = Math.min(kept, headers.length);
        System.arraycopy(headers, 0, record, RECORD_HEADER_BYTES, headerBytes);
        buffer.getBytes(offset, record, RECORD_HEADER_BYTES + headerBytes, kept - headerBytes);
        return record;
    }

    /**
     * The IP and UDP headers of a datagram, which the kernel makes and takes away: those fields that a user of the
     * socket knows, with no UDP checksum (RFC 768) and a time to live of 64.
     */
    static byte[] headers(InetSocketAddress from, InetSocketAddress to, int payloadBytes) {
        byte[] headers = new byte[IP_BYTES + UDP_BYTES];
        ByteBuffer.wrap(headers)
                .putShort((short) 0x4500)
                .putShort((short) (headers.length + payloadBytes))
                .putShort((short) 0)
                .putShort((short) DONT_FRAGMENT)
                .put((byte) 64)
                .put((byte) UDP)
                .putShort((short) 0)
                .put(from.getAddress().getAddress())
                .put(to.getAddress().getAddress())
                .putShort((short) from.getPort())
                .putShort((short) to.getPort())
                .putShort((short) (UDP_BYTES + payloadBytes));
        ByteBuffer.wrap(headers).putShort(IP_CHECKSUM, checksum(headers));
        return headers;
    }

    /** RFC 1071, over the IP header. */
    private static short checksum(byte[] header) {
        ByteBuffer words = ByteBuffer.wrap(header, 0, IP_BYTES);
        int sum = 0;
        while (words.hasRemaining()) {
            sum += words.getShort() & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }
}
