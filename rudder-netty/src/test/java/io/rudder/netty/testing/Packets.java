package io.rudder.netty.testing;

import static io.rudder.netty.testing.Bytes.join;
import static io.rudder.netty.testing.Bytes.put16;
import static io.rudder.netty.testing.Bytes.put32;

import io.rudder.net.Ipv4;
import java.util.Random;

/** Makes packets as byte arrays. */
public final class Packets {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;

    private Packets() {}

    /** An IPv4 packet around a transport header and payload, lengths and IP checksum filled in. */
    public static byte[] ipv4(String source, String destination, int protocol, byte[] transport) {
        return Reference.finishIp(join(ipv4Header(source, destination, protocol, new byte[0]), transport));
    }

    /** The header with options, whose length is a multiple of 4; total length and checksum are 0. */
    public static byte[] ipv4Header(String source, String destination, int protocol, byte[] options) {
        byte[] header = new byte[20];
        header[0] = (byte) (0x45 + options.length / 4);
        put16(header, 4, 0x1234);
        put16(header, 6, 0x4000);
        header[8] = 64;
        header[9] = (byte) protocol;
        put32(header, 12, Ipv4.parse(source));
        put32(header, 16, Ipv4.parse(destination));
        return join(header, options);
    }

    /** The header, followed by a destination options header if asked for; the payload length is 0. */
    public static byte[] ipv6Header(Random random, int protocol, boolean options) {
        byte[] header = new byte[options ? 48 : 40];
        put32(header, 0, 6 << 28 | random.nextInt(1 << 28));
        header[6] = (byte) (options ? 60 : protocol);
        header[7] = 64;
        System.arraycopy(Randomly.bytes(random, 32), 0, header, 8, 32);
        if (options) {
            header[40] = (byte) protocol;
            header[42] = 1; // PadN of 6 bytes
            header[43] = 4;
        }
        return header;
    }

    /** A UDP header with ports only, and the payload. */
    public static byte[] udp(int sourcePort, int destinationPort, byte[] payload) {
        byte[] header = new byte[8];
        put16(header, 0, sourcePort);
        put16(header, 2, destinationPort);
        put16(header, 4, 8 + payload.length);
        return join(header, payload);
    }

    /** A TCP header with no checksum, and the payload. */
    public static byte[] tcp(int sequence, int flags, byte[] options, byte[] payload) {
        byte[] header = new byte[20];
        put16(header, 0, 43210);
        put16(header, 2, 80);
        put32(header, 4, sequence);
        put32(header, 8, 0x01020304);
        header[12] = (byte) (5 + options.length / 4 << 4);
        header[13] = (byte) flags;
        put16(header, 14, 0x7fff);
        return join(header, options, payload);
    }

    /** {@code struct virtio_net_hdr}: flags, gso_type, and four little endian fields. */
    public static byte[] vnet(int flags, int gsoType, int headerLength, int gsoSize, int start, int offset) {
        byte[] header = {(byte) flags, (byte) gsoType, 0, 0, 0, 0, 0, 0, 0, 0};
        int[] fields = {headerLength, gsoSize, start, offset};
        for (int i = 0; i < fields.length; i++) {
            header[2 + 2 * i] = (byte) fields[i];
            header[3 + 2 * i] = (byte) (fields[i] >> 8);
        }
        return header;
    }

    /** The virtio_net_hdr of a packet that needs nothing done. */
    public static byte[] plainVnet() {
        return new byte[10];
    }

    /** A super-packet as it comes from a TUN device: virtio_net_hdr, and the packet with a seed for its checksum. */
    public static byte[] superPacket(byte[] big, int gsoSize) {
        boolean tcp = Reference.isTcp(big);
        int gsoType = !tcp ? 5 : Reference.isIpv6(big) ? 4 : 1;
        byte[] vnet =
                vnet(1, gsoType, Reference.headerLength(big), gsoSize, Reference.ipHeaderLength(big), tcp ? 16 : 6);
        return join(vnet, Reference.withSeed(big));
    }
}
