package io.rudder.netty.testing;

import static io.rudder.netty.testing.Bytes.i32;
import static io.rudder.netty.testing.Bytes.join;
import static io.rudder.netty.testing.Bytes.put16;
import static io.rudder.netty.testing.Bytes.put32;
import static io.rudder.netty.testing.Bytes.u16;
import static io.rudder.netty.testing.Bytes.u8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Slow and obvious: checksums word by word, segments cut one by one into arrays of their own. */
public final class Reference {
    private Reference() {}

    /** The one's complement sum of 16 bit words, an odd byte padded with a zero. */
    public static int sum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += u8(bytes, i) << 8 | (i + 1 < bytes.length ? u8(bytes, i + 1) : 0);
            if (sum > 0xffff) {
                sum = sum - 0x10000 + 1;
            }
        }
        return sum;
    }

    public static boolean isIpv6(byte[] packet) {
        return packet[0] >> 4 == 6;
    }

    /** Length of the IP header; an IPv6 packet has none or one destination options header. */
    public static int ipHeaderLength(byte[] packet) {
        if (!isIpv6(packet)) {
            return (packet[0] & 15) * 4;
        }
        return packet[6] == 60 ? 40 + 8 * (u8(packet, 41) + 1) : 40;
    }

    public static int protocol(byte[] packet) {
        if (!isIpv6(packet)) {
            return packet[9];
        }
        return packet[6] == 60 ? packet[40] : packet[6];
    }

    public static boolean isTcp(byte[] packet) {
        return protocol(packet) == 6;
    }

    /** Length of everything before the payload. */
    public static int headerLength(byte[] packet) {
        int ip = ipHeaderLength(packet);
        return ip + (isTcp(packet) ? (u8(packet, ip + 12) >> 4) * 4 : 8);
    }

    private static int checksumField(byte[] packet) {
        return ipHeaderLength(packet) + (isTcp(packet) ? 16 : 6);
    }

    private static byte[] pseudoHeader(byte[] packet) {
        byte[] addresses = isIpv6(packet) ? Arrays.copyOfRange(packet, 8, 40) : Arrays.copyOfRange(packet, 12, 20);
        byte[] rest = new byte[8];
        put32(rest, 0, packet.length - ipHeaderLength(packet));
        rest[7] = (byte) protocol(packet);
        return join(addresses, rest);
    }

    private static int transportSum(byte[] packet) {
        return sum(join(pseudoHeader(packet), Arrays.copyOfRange(packet, ipHeaderLength(packet), packet.length)));
    }

    /** What NEEDS_CSUM finds in the checksum field: the sum of the pseudo-header. */
    public static byte[] withSeed(byte[] packet) {
        byte[] seeded = packet.clone();
        put16(seeded, checksumField(packet), sum(pseudoHeader(packet)));
        return seeded;
    }

    /** Fills in lengths and checksums. */
    public static byte[] finish(byte[] unfinished) {
        byte[] packet = unfinished.clone();
        int ip = ipHeaderLength(packet);
        if (!isTcp(packet)) {
            put16(packet, ip + 4, packet.length - ip);
        }
        put16(packet, checksumField(packet), 0);
        int checksum = ~transportSum(packet) & 0xffff;
        put16(packet, checksumField(packet), checksum == 0 && !isTcp(packet) ? 0xffff : checksum);
        return finishIp(packet);
    }

    /** Fills in length and checksum of the IP header. */
    public static byte[] finishIp(byte[] unfinished) {
        byte[] packet = unfinished.clone();
        if (isIpv6(packet)) {
            put16(packet, 4, packet.length - 40);
        } else {
            put16(packet, 2, packet.length);
            put16(packet, 10, 0);
            put16(packet, 10, ~sum(Arrays.copyOf(packet, ipHeaderLength(packet))));
        }
        return packet;
    }

    /** Whether a receiver would take the packet: lengths and checksums. */
    public static boolean isValid(byte[] packet) {
        boolean ip = isIpv6(packet)
                ? u16(packet, 4) == packet.length - 40
                : u16(packet, 2) == packet.length && sum(Arrays.copyOf(packet, ipHeaderLength(packet))) == 0xffff;
        boolean length =
                isTcp(packet) || u16(packet, ipHeaderLength(packet) + 4) == packet.length - ipHeaderLength(packet);
        return ip && length && transportSum(packet) == 0xffff;
    }

    /** Cuts a packet as the kernel's software segmentation does. */
    public static List<byte[]> segment(byte[] big, int gsoSize) {
        int headerLength = headerLength(big);
        List<byte[]> segments = new ArrayList<>();
        for (int at = headerLength; at < big.length; at += gsoSize) {
            boolean last = at + gsoSize >= big.length;
            byte[] payload = Arrays.copyOfRange(big, at, last ? big.length : at + gsoSize);
            byte[] segment = join(Arrays.copyOf(big, headerLength), payload);
            if (!isIpv6(big)) {
                put16(segment, 4, u16(big, 4) + segments.size());
            }
            if (isTcp(big)) {
                patchTcp(segment, ipHeaderLength(big), at - headerLength, last);
            }
            segments.add(finish(segment));
        }
        return segments;
    }

    private static void patchTcp(byte[] segment, int tcp, int done, boolean last) {
        put32(segment, tcp + 4, i32(segment, tcp + 4) + done);
        if (done > 0) {
            segment[tcp + 13] &= ~0x80; // CWR
        }
        if (!last) {
            segment[tcp + 13] &= ~(0x01 | 0x08); // FIN, PSH
        }
    }
}
