package io.rudder.netty.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reassembler;
import io.rudder.netty.testing.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Ipv4FragmenterTest {
    private static final int LEAST_LIMIT = 68;
    private static final int MORE = 0x2000;
    private static final int RECORD_ROUTE = 0x07;
    private static final int TIMESTAMP = 0x44;
    private static final int SECURITY = 0x82;
    private static final int LOOSE_SOURCE_ROUTE = 0x83;

    @Test
    void aSlowReassemblerGetsThePacketBack() {
        Randomly.times(3000, random -> {
            byte[] packet = packet(random, options(random).bytes());
            List<byte[]> fragments = fragments(packet, limit(random));
            Collections.shuffle(fragments, random);
            assertThat(Reassembler.whole(fragments)).isEqualTo(packet);
        });
    }

    @Test
    void fragmentsOfFragmentsFitTogetherAsWell() {
        Randomly.times(1000, random -> {
            byte[] packet = packet(random, options(random).bytes());
            List<byte[]> pieces = new ArrayList<>();
            for (byte[] fragment : fragments(packet, 500 + random.nextInt(1000))) {
                pieces.addAll(fragments(fragment, LEAST_LIMIT + random.nextInt(400)));
            }
            assertThat(Reassembler.whole(pieces)).isEqualTo(packet);
        });
    }

    @Test
    void allButTheLastAreAsLongAsTheLimitAllows() {
        Randomly.times(1000, random -> {
            byte[] packet = packet(random, options(random).bytes());
            int limit = limit(random);
            List<byte[]> fragments = fragments(packet, limit);
            assertThat(fragments.get(fragments.size() - 1).length).isLessThanOrEqualTo(limit);
            assertThat(fragments.subList(0, fragments.size() - 1))
                    .allSatisfy(fragment -> assertThat(fragment.length).isBetween(limit - 7, limit));
        });
    }

    /** RFC 791, 3.1: each option says whether it is copied. The header keeps its length, so nothing takes its place. */
    @Test
    void laterFragmentsCarryTheOptionsThatAreToBeCopied() {
        Randomly.times(1000, random -> {
            Options options = options(random);
            byte[] packet = packet(random, options.bytes());
            List<byte[]> fragments = fragments(packet, limit(random));
            assertThat(optionsOf(fragments.get(0))).isEqualTo(options.bytes());
            for (byte[] later : fragments.subList(1, fragments.size())) {
                assertThat(optionsOf(later)).isEqualTo(options.copied());
            }
        });
    }

    @Test
    void everythingElseInTheHeaderStaysAsItWas() {
        Randomly.times(1000, random -> {
            byte[] packet = packet(random, new byte[0]);
            for (byte[] fragment : fragments(packet, limit(random))) {
                assertThat(blank(fragment)).isEqualTo(blank(packet));
            }
        });
    }

    @Test
    void theLastPartOfAFragmentSaysThatMoreFollowIfTheFragmentDid() {
        byte[] packet = Packets.ipv4("10.0.34.7", "10.0.35.9", Packets.UDP, new byte[800]);
        Bytes.put16(packet, 6, MORE | 100);
        List<byte[]> fragments = fragments(Reference.finishIp(packet), 500);
        assertThat(fragments).extracting(fragment -> Bytes.u16(fragment, 6)).containsExactly(MORE | 100, MORE | 160);
    }

    @Test
    void malformedOptionsDoNoHarm() {
        Randomly.times(5000, random -> {
            byte[] packet = packet(random, Randomly.bytes(random, 4 * random.nextInt(11)));
            List<byte[]> fragments = fragments(packet, limit(random));
            assertThat(Reassembler.whole(fragments)).isEqualTo(packet);
        });
    }

    // ---- packets

    private static int limit(Random random) {
        return random.nextBoolean() ? LEAST_LIMIT + random.nextInt(40) : LEAST_LIMIT + random.nextInt(1500);
    }

    /** One that may be fragmented, often a fragment already; with any payload of at least a byte. */
    private static byte[] packet(Random random, byte[] options) {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", random.nextInt(256), options);
        header[1] = (byte) random.nextInt(256);
        Bytes.put16(header, 4, random.nextInt(65536));
        boolean isFragment = random.nextBoolean();
        Bytes.put16(header, 6, isFragment ? random.nextInt(2) * MORE | random.nextInt(4000) : 0);
        byte[] payload = Randomly.bytes(random, 1 + random.nextInt(3000));
        if (isFragment && (header[6] & MORE >> 8) != 0) {
            payload = Arrays.copyOf(payload, payload.length + 7 & ~7);
        }
        return Reference.finishIp(Bytes.join(header, payload));
    }

    private static byte[] blank(byte[] packet) {
        byte[] header = Arrays.copyOf(packet, 20);
        for (int changes : new int[] {2, 3, 6, 7, 10, 11}) {
            header[changes] = 0;
        }
        return header;
    }

    private static byte[] optionsOf(byte[] packet) {
        return Arrays.copyOfRange(packet, 20, Reference.ipHeaderLength(packet));
    }

    /**
     * Options in a header.
     *
     * @param bytes as they are in the first fragment
     * @param copied as they are in the others
     */
    private record Options(byte[] bytes, byte[] copied) {}

    private static Options options(Random random) {
        byte[] bytes = new byte[0];
        byte[] copied = new byte[0];
        while (bytes.length < 24 && random.nextInt(4) != 0) {
            byte[] option = option(random);
            byte[] noOperation = new byte[option.length];
            Arrays.fill(noOperation, (byte) 1);
            bytes = Bytes.join(bytes, option);
            copied = Bytes.join(copied, option[0] < 0 ? option : noOperation);
        }
        // Ends with "end of options" and padding, where that is needed.
        int padding = -bytes.length & 3;
        return new Options(Bytes.join(bytes, new byte[padding]), Bytes.join(copied, new byte[padding]));
    }

    private static byte[] option(Random random) {
        int type = Randomly.oneOf(random, 1, RECORD_ROUTE, TIMESTAMP, SECURITY, LOOSE_SOURCE_ROUTE);
        if (type == 1) {
            return new byte[] {1};
        }
        byte[] option = Randomly.bytes(random, type == SECURITY ? 11 : 3 + 4 * random.nextInt(3));
        option[0] = (byte) type;
        option[1] = (byte) option.length;
        return option;
    }

    /** Cuts a packet in the middle of a buffer, each fragment into the middle of another. */
    private static List<byte[]> fragments(byte[] packet, int limit) {
        List<byte[]> fragments = new ArrayList<>();
        ByteBuf in = Bytes.buffer(packet);
        List<ByteBuf> slots = new ArrayList<>();
        Ipv4Fragmenter.fragment(in, in.readerIndex(), limit, new Ipv4Fragmenter.Output() {
            @Override
            public int reserve(int length) {
                ByteBuf slot = Bytes.buffer(new byte[length]);
                slots.add(slot);
                return slot.readerIndex();
            }

            @Override
            public ByteBuf buffer() {
                return slots.get(slots.size() - 1);
            }
        });
        assertThat(Bytes.of(in)).as("the packet itself").isEqualTo(packet);
        in.release();
        slots.forEach(slot -> {
            fragments.add(Bytes.of(slot));
            slot.release();
        });
        return fragments;
    }
}
