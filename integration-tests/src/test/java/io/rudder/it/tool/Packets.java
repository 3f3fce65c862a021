package io.rudder.it.tool;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Builds raw IPv4 packets byte by byte, on purpose without any code of the product. */
public final class Packets {
    /** ICMP echo request (RFC 792). */
    public static final int ECHO_REQUEST = 8;
    /** ICMP echo reply (RFC 792). */
    public static final int ECHO_REPLY = 0;

    /** Bytes of an IPv4 header without options (RFC 791). */
    public static final int HEADER_BYTES = 20;

    private static final int PROTOCOL_ICMP = 1;
    private static final int PROTOCOL_UDP = 17;
    private static final int TRANSPORT_HEADER_BYTES = 8;

    private Packets() {}

    /** Returns an ICMP echo message of the given type inside an IPv4 packet. */
    public static byte[] echo(int type, String source, String destination, int sequence, byte[] payload) {
        ByteBuffer packet = header(source, destination, PROTOCOL_ICMP, TRANSPORT_HEADER_BYTES + payload.length);
        packet.put((byte) type).put((byte) 0).putShort((short) 0);
        packet.putShort((short) 0x5d5d).putShort((short) sequence).put(payload);
        return sealedEcho(packet.array());
    }

    /** Returns the answer to an echo request. */
    public static byte[] replyTo(byte[] request) {
        byte[] reply = request.clone();
        System.arraycopy(request, 12, reply, 16, 4);
        System.arraycopy(request, 16, reply, 12, 4);
        reply[HEADER_BYTES] = ECHO_REPLY;
        return sealedEcho(reply);
    }

    /** Returns a UDP datagram without a checksum, from and to {@code port}, inside an IPv4 packet. */
    public static byte[] udp(String source, String destination, int port, byte[] payload) {
        ByteBuffer packet = header(source, destination, PROTOCOL_UDP, TRANSPORT_HEADER_BYTES + payload.length);
        packet.putShort((short) port).putShort((short) port);
        packet.putShort((short) (TRANSPORT_HEADER_BYTES + payload.length)).putShort((short) 0);
        packet.put(payload);
        return packet.array();
    }

    /** Returns a copy of {@code packet} with one byte of its header changed and the header checksum made good. */
    public static byte[] withHeaderByte(byte[] packet, int index, int value) {
        byte[] changed = packet.clone();
        changed[index] = (byte) value;
        return sealed(changed);
    }

    /** Makes both checksums of an ICMP message good, in place, and returns the packet. */
    public static byte[] sealedEcho(byte[] packet) {
        ByteBuffer view = ByteBuffer.wrap(sealed(packet));
        view.putShort(HEADER_BYTES + 2, (short) 0);
        view.putShort(HEADER_BYTES + 2, (short) checksum(packet, HEADER_BYTES, packet.length));
        return packet;
    }

    /** Returns the dotted form of the four bytes at {@code index}. */
    public static String addressAt(byte[] packet, int index) {
        return "%d.%d.%d.%d"
                .formatted(
                        packet[index] & 0xff,
                        packet[index + 1] & 0xff,
                        packet[index + 2] & 0xff,
                        packet[index + 3] & 0xff);
    }

    /** Returns the checksum over pseudo-header and transport: 0 if the one in the packet is right. */
    static int transportChecksum(byte[] packet, int headerLength) {
        int transportBytes = packet.length - headerLength;
        ByteBuffer summed = ByteBuffer.allocate(12 + transportBytes);
        summed.put(packet, 12, 8).putShort(packet[9]).putShort((short) transportBytes);
        summed.put(packet, headerLength, transportBytes);
        return checksum(summed.array(), 0, summed.capacity());
    }

    private static ByteBuffer header(String source, String destination, int protocol, int payloadBytes) {
        ByteBuffer packet = ByteBuffer.allocate(HEADER_BYTES + payloadBytes);
        packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.capacity());
        packet.putInt(0);
        packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
        packet.put(bytes(source)).put(bytes(destination));
        sealed(packet.array());
        return packet;
    }

    private static byte[] sealed(byte[] packet) {
        packet[10] = 0;
        packet[11] = 0;
        int checksum = checksum(packet, 0, HEADER_BYTES);
        packet[10] = (byte) (checksum >> 8);
        packet[11] = (byte) checksum;
        return packet;
    }

    /** The Internet checksum of RFC 1071, the obvious way. */
    static int checksum(byte[] bytes, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            int shift = (i - from) % 2 == 0 ? 8 : 0;
            sum += (bytes[i] & 0xff) << shift;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return ~sum & 0xffff;
    }

    private static byte[] bytes(String address) {
        try {
            return ((Inet4Address) InetAddress.getByName(address)).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }
}
