package io.rudder.netty.testing;

import static io.rudder.netty.testing.Bytes.join;
import static io.rudder.netty.testing.Bytes.u16;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Puts IPv4 fragments together again, slowly, and checks each of them on the way. */
public final class Reassembler {
    private static final int MORE = 0x2000;
    private static final int OFFSET = 0x1fff;

    private Reassembler() {}

    /** Returns the packet, whose fragments may come in any order; it may itself be a part of a larger one. */
    public static byte[] whole(List<byte[]> fragments) {
        List<byte[]> ordered = fragments.stream()
                .sorted(Comparator.comparingInt(Reassembler::position))
                .toList();
        byte[] first = ordered.get(0);
        byte[] payload = new byte[0];
        for (byte[] fragment : ordered) {
            assertThat(Reference.sum(Arrays.copyOf(fragment, headerLength(fragment))))
                    .as("sum over the header")
                    .isEqualTo(0xffff);
            assertThat(u16(fragment, 2)).as("total length").isEqualTo(fragment.length);
            assertThat(position(fragment)).as("position").isEqualTo(position(first) + payload.length);
            payload = join(payload, Arrays.copyOfRange(fragment, headerLength(fragment), fragment.length));
        }
        for (byte[] fragment : ordered.subList(0, ordered.size() - 1)) {
            assertThat((fragment.length - headerLength(fragment)) % 8).isZero();
            assertThat(u16(fragment, 6) & MORE).isNotZero();
        }
        byte[] last = ordered.get(ordered.size() - 1);
        byte[] packet = join(Arrays.copyOf(first, headerLength(first)), payload);
        Bytes.put16(packet, 6, u16(first, 6) & ~MORE | u16(last, 6) & MORE);
        return Reference.finishIp(packet);
    }

    private static int headerLength(byte[] packet) {
        return Reference.ipHeaderLength(packet);
    }

    private static int position(byte[] packet) {
        return (u16(packet, 6) & OFFSET) * 8;
    }
}
