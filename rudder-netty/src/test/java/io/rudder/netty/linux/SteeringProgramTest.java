package io.rudder.netty.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.net.Ipv4;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Runs the program on packets, as the kernel would. */
class SteeringProgramTest {
    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final int MORE_FRAGMENTS = 0x2000;

    private final ByteBuffer code =
            ByteBuffer.wrap(SteeringProgram.instructions()).order(ByteOrder.nativeOrder());

    @Test
    void fragmentsGoWithTheWholeDatagramsOfTheirFlow() {
        long whole = run(packet(UDP, 0, "10.5.1.2", "10.5.2.3", 1000));

        assertThat(run(packet(UDP, MORE_FRAGMENTS, "10.5.1.2", "10.5.2.3", 1000)))
                .isEqualTo(whole);
        assertThat(run(packet(UDP, 185, "10.5.1.2", "10.5.2.3", 77))).isEqualTo(whole);
    }

    @Test
    void connectionsBetweenTwoHostsAreSpread() {
        Set<Long> queues = new HashSet<>();
        for (int port = 40_000; port < 40_050; port++) {
            queues.add(run(packet(TCP, 0, "10.5.1.2", "10.5.2.3", port)) % 4);
        }

        assertThat(queues).hasSize(4);
    }

    @Test
    void datagramsBetweenManyHostsAreSpread() {
        Set<Long> queues = new HashSet<>();
        for (int host = 1; host < 50; host++) {
            queues.add(run(packet(UDP, 0, "10.5.1.2", "10.5.2." + host, 53)) % 4);
        }

        assertThat(queues).hasSize(4);
    }

    @Test
    void optionsOfTheIpHeaderDoNotHideThePorts() {
        byte[] plain = packet(TCP, 0, "10.5.1.2", "10.5.2.3", 40_000);
        byte[] withOptions = new byte[plain.length + 4];
        System.arraycopy(plain, 0, withOptions, 0, 20);
        System.arraycopy(plain, 20, withOptions, 24, 8);
        withOptions[0] = 0x46;

        assertThat(run(withOptions)).isEqualTo(run(plain));
    }

    @Test
    void takesAnyBytes() {
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            assertThat(run(bytes)).isBetween(0L, 0xffffL);
        }
    }

    private static byte[] packet(int protocol, int fragment, String source, String destination, int port) {
        byte[] bytes = new byte[28];
        ByteBuffer.wrap(bytes)
                .put(0, (byte) 0x45)
                .putShort(6, (short) fragment)
                .put(9, (byte) protocol)
                .putInt(12, Ipv4.parse(source))
                .putInt(16, Ipv4.parse(destination))
                .putShort(20, (short) port)
                .putShort(22, (short) 443);
        return bytes;
    }

    /** The instructions that the program has; ends with 0 where a load is beyond the packet, as the kernel does. */
    private long run(byte[] packet) {
        long[] registers = new long[11];
        for (int at = 0; ; at++) {
            int place = at * SteeringProgram.INSTRUCTION_BYTES;
            int operation = code.get(place) & 0xff;
            int to = code.get(place + 1) & 0xf;
            int from = code.get(place + 1) >> 4 & 0xf;
            int constant = code.getInt(place + 4);
            switch (operation) {
                case 0x30, 0x28, 0x20, 0x40 -> {
                    long offset = constant + (operation == 0x40 ? registers[from] : 0);
                    int length = operation == 0x30 ? 1 : operation == 0x28 ? 2 : 4;
                    if (offset + length > packet.length) {
                        return 0;
                    }
                    registers[0] = load(Arrays.copyOfRange(packet, (int) offset, (int) offset + length));
                }
                case 0xbf -> registers[to] = registers[from];
                case 0xb7 -> registers[to] = constant;
                case 0x57 -> registers[to] &= constant;
                case 0xaf -> registers[to] ^= registers[from];
                case 0x67 -> registers[to] <<= constant;
                case 0x77 -> registers[to] >>>= constant;
                case 0x24 -> registers[to] = registers[to] * constant & 0xffffffffL;
                case 0x55 -> at += registers[to] != constant ? code.getShort(place + 2) : 0;
                case 0x95 -> {
                    return registers[0];
                }
                default -> throw new AssertionError("instruction " + operation);
            }
        }
    }

    private static long load(byte[] bytes) {
        long value = 0;
        for (byte next : bytes) {
            value = value << 8 | next & 0xff;
        }
        return value;
    }
}
