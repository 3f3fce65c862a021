package io.rudder.netty.testing;

import static io.rudder.netty.testing.Bytes.join;
import static io.rudder.netty.testing.Bytes.put16;

import java.util.Arrays;
import java.util.Random;

/** Random TCP and UDP packets that a TUN device with offloads might hand over as one. */
public final class SuperPackets {
    private static final int MAX_PACKET = 65535;

    private SuperPackets() {}

    /** Every combination of protocol and IP version, of all sizes, with flags and options. */
    public static byte[] any(Random random) {
        boolean tcp = random.nextBoolean();
        byte[] ip = random.nextBoolean() ? ipv4(random, tcp, randomOptions(random)) : ipv6(random, tcp);
        int flags = random.nextInt(256);
        byte[] transport = tcp ? tcpHeader(random, flags) : Packets.udp(random.nextInt(65536), 53, new byte[0]);
        return withPayload(random, ip, transport);
    }

    /** Such as the coalescer joins: IPv4 without options, TCP with ACK and perhaps PSH. */
    public static byte[] coalescable(Random random) {
        boolean tcp = random.nextBoolean();
        byte[] ip = ipv4(random, tcp, new byte[0]);
        int flags = random.nextBoolean() ? 0x10 : 0x18;
        byte[] transport = tcp ? tcpHeader(random, flags) : Packets.udp(random.nextInt(65536), 53, new byte[0]);
        return withPayload(random, ip, transport);
    }

    /** A size of segments that cuts the packet into one or more, often a few. */
    public static int gsoSize(Random random, byte[] packet) {
        int payload = packet.length - Reference.headerLength(packet);
        return switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(payload);
            case 1 -> Math.min(1432, payload);
            case 2 -> Math.max(1, payload / (1 + random.nextInt(70)));
            default -> payload < 500 ? 1 : 536;
        };
    }

    private static byte[] withPayload(Random random, byte[] ip, byte[] transport) {
        int longest = MAX_PACKET - ip.length - transport.length;
        int length = random.nextInt(3) == 0 ? longest - random.nextInt(100) : 1 + random.nextInt(longest / 16);
        return Reference.finish(join(ip, transport, Randomly.bytes(random, length)));
    }

    private static byte[] randomOptions(Random random) {
        byte[] options = new byte[random.nextInt(3) == 0 ? 4 * random.nextInt(11) : 0];
        Arrays.fill(options, (byte) 1); // no operation
        return options;
    }

    private static byte[] ipv4(Random random, boolean tcp, byte[] options) {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", tcp ? Packets.TCP : Packets.UDP, options);
        header[1] = (byte) random.nextInt(256);
        put16(header, 4, random.nextInt(3) == 0 ? 0x10000 - random.nextInt(20) : random.nextInt(65536));
        put16(header, 6, random.nextBoolean() ? 0x4000 : 0);
        header[8] = (byte) (2 + random.nextInt(250));
        return header;
    }

    private static byte[] ipv6(Random random, boolean tcp) {
        return Packets.ipv6Header(random, tcp ? Packets.TCP : Packets.UDP, random.nextInt(4) == 0);
    }

    private static byte[] tcpHeader(Random random, int flags) {
        int sequence = random.nextBoolean() ? random.nextInt() : -random.nextInt(70_000);
        byte[] header = Packets.tcp(sequence, flags, Randomly.bytes(random, 4 * random.nextInt(11)), new byte[0]);
        put16(header, 14, random.nextInt(65536));
        put16(header, 18, random.nextInt(8) == 0 ? random.nextInt(65536) : 0);
        return header;
    }
}
