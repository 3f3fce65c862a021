package io.rudder.netty.offload;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.CoalescingOracle;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Paths;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reference;
import io.rudder.netty.testing.SuperPackets;
import io.rudder.netty.testing.Wire;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoalescerTest {
    private final Wire tun = new Wire();
    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private final Coalescer coalescer = new Coalescer(tun.channel(), counters, true);
    private final SegmentBatch batch = new SegmentBatch(udp.channel(), counters, Paths.wide(), Paths.NOBODY, true);
    private final Segmenter segmenter = new Segmenter(batch);

    @AfterEach
    void everythingWasReleased() {
        coalescer.release();
        batch.release();
        Wire.closeAll(tun, udp);
    }

    /** What one batch of packets becomes. */
    private List<byte[]> coalesce(List<byte[]> packets) {
        for (byte[] packet : packets) {
            ByteBuf buffer = Bytes.buffer(packet);
            coalescer.add(buffer, buffer.readerIndex(), buffer.readableBytes(), counters.peer(Peers.B.subnet()));
            assertThat(Bytes.of(buffer)).isEqualTo(packet);
            assertThat(buffer.refCnt()).isEqualTo(1);
            buffer.release();
        }
        coalescer.flush();
        return tun.messages();
    }

    private List<byte[]> cut(List<byte[]> messages) {
        for (byte[] message : messages) {
            ByteBuf buffer = Bytes.buffer(message);
            assertThat(segmenter.send(buffer, Peers.B, PathMtus.UNLIMITED)).isTrue();
            buffer.release();
        }
        batch.flush();
        return udp.packets();
    }

    private static void assertSame(List<byte[]> actual, List<byte[]> expected) {
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            assertThat(actual.get(i)).as("number %d", i).isEqualTo(expected.get(i));
        }
        assertThat(actual).hasSameSizeAs(expected);
    }

    // ---- there and back

    @Test
    void joinsTheSegmentsOfASuperPacketToItAgain() {
        Randomly.times(800, random -> {
            byte[] big = SuperPackets.coalescable(random);
            int payload = big.length - Reference.headerLength(big);
            int gsoSize = Math.max(SuperPackets.gsoSize(random, big), (payload + 63) / 64);
            if (gsoSize >= payload) {
                return;
            }
            byte[] superPacket = Packets.superPacket(big, gsoSize);
            assertSame(coalesce(cut(List.of(superPacket))), List.of(superPacket));
        });
    }

    @Test
    void whatWasJoinedIsCutIntoTheSamePackets() {
        Randomly.times(300, random -> {
            List<byte[]> packets = stream(random);
            assertSame(withoutIdentification(cut(coalesce(packets))), withoutIdentification(packets));
        });
    }

    /** Where it means nothing, in packets never to be fragmented, the identification may change on the way. */
    private static List<byte[]> withoutIdentification(List<byte[]> packets) {
        return packets.stream()
                .map(original -> {
                    byte[] packet = original.clone();
                    if ((packet[6] & 0x40) != 0) {
                        // The checksum together with it: a wrong one must not become right.
                        int sum = Reference.sum(Arrays.copyOf(packet, Reference.ipHeaderLength(packet)));
                        Bytes.put16(packet, 4, 0);
                        Bytes.put16(packet, 10, sum);
                    }
                    return packet;
                })
                .toList();
    }

    @Test
    void joinsWhatTheOracleJoins() {
        Randomly.times(600, random -> {
            List<byte[]> packets = stream(random);
            assertSame(coalesce(packets), CoalescingOracle.messages(packets));
        });
    }

    @Test
    void joinsNothingAcrossBatches() {
        List<byte[]> packets = segments(3000, 1000);
        assertThat(coalesce(packets)).hasSize(1);
        assertThat(coalesce(packets.subList(0, 1))).hasSize(1);
        assertThat(coalesce(packets.subList(1, 3))).hasSize(1);
    }

    /** Segments of a few flows, some of them damaged, doubled, swapped or in other company. */
    private static List<byte[]> stream(Random random) {
        List<byte[]> packets = new ArrayList<>();
        for (int flows = 1 + random.nextInt(4); flows > 0; flows--) {
            byte[] big = random.nextInt(4) == 0 ? SuperPackets.any(random) : SuperPackets.coalescable(random);
            if (Reference.isIpv6(big)) {
                continue;
            }
            int payload = big.length - Reference.headerLength(big);
            int gsoSize = Math.max(SuperPackets.gsoSize(random, big), payload / 90 + 1);
            packets.addAll(Reference.segment(big, Math.min(gsoSize, 60_000)));
        }
        for (int changes = random.nextInt(5); changes > 0 && !packets.isEmpty(); changes--) {
            change(random, packets);
        }
        return packets;
    }

    private static void change(Random random, List<byte[]> packets) {
        int index = random.nextInt(packets.size());
        byte[] packet = packets.get(index).clone();
        int at = random.nextInt(Math.min(packet.length, 60));
        switch (random.nextInt(6)) {
            case 0 -> packets.remove(index);
            case 1 -> packets.add(index, packet);
            case 2 -> packets.add(random.nextInt(packets.size()), packet);
            case 3 -> packets.set(index, damaged(packet, Math.max(at, 10)));
            default -> packets.set(index, rewritten(packet, at));
        }
    }

    private static byte[] damaged(byte[] packet, int at) {
        packet[at] ^= 0x20;
        // Lengths are what the verdict before has checked.
        return packet;
    }

    /** Another value in a header field, the checksums right. */
    private static byte[] rewritten(byte[] packet, int at) {
        boolean ipFraming = at == 0 || at == 2 || at == 3 || at == 9;
        boolean tcpLength = Reference.isTcp(packet) && at == Reference.ipHeaderLength(packet) + 12;
        if (ipFraming || tcpLength) {
            return packet;
        }
        packet[at] ^= 0x10;
        return Reference.finish(packet);
    }

    // ---- one rule at a time

    private static List<byte[]> segments(int payload, int gsoSize) {
        byte[] header = Packets.ipv4Header("10.0.35.9", "10.0.34.7", Packets.TCP, new byte[0]);
        byte[] tcp = Packets.tcp(7, 0x10, new byte[12], Randomly.bytes(new Random(payload), payload));
        return new ArrayList<>(Reference.segment(Reference.finish(Bytes.join(header, tcp)), gsoSize));
    }

    private void assertSecondIsNotJoined(Consumer<byte[]> change) {
        List<byte[]> packets = segments(2000, 1000);
        byte[] second = packets.get(1);
        change.accept(second);
        assertSame(
                coalesce(packets),
                List.of(Bytes.join(Packets.plainVnet(), packets.get(0)), Bytes.join(Packets.plainVnet(), second)));
    }

    private void assertSecondIsNotJoinedWith(int offset, int value) {
        assertSecondIsNotJoined(packet -> {
            packet[offset] = (byte) value;
            byte[] finished = Reference.finish(packet);
            System.arraycopy(finished, 0, packet, 0, packet.length);
        });
    }

    @Test
    void neverJoinsABadChecksum() {
        assertSecondIsNotJoined(packet -> packet[10] ^= 1);
        assertSecondIsNotJoined(packet -> packet[36] ^= 1);
        assertSecondIsNotJoined(packet -> packet[packet.length - 1] ^= 1);
        List<byte[]> packets = segments(3000, 1000);
        packets.get(0)[60] ^= 1;
        assertThat(coalesce(packets)).hasSize(2);
    }

    @Test
    void neverJoinsWhatDiffers() {
        assertSecondIsNotJoinedWith(1, 3); // ECN: congestion experienced
        assertSecondIsNotJoinedWith(4, 99); // identification
        assertSecondIsNotJoinedWith(6, 0); // don't fragment
        assertSecondIsNotJoinedWith(6, 0x60); // more fragments
        assertSecondIsNotJoinedWith(8, 9); // time to live
        assertSecondIsNotJoinedWith(15, 8); // source
        assertSecondIsNotJoinedWith(19, 8); // destination
        assertSecondIsNotJoinedWith(21, 8); // source port
        assertSecondIsNotJoinedWith(24, 8); // sequence
        assertSecondIsNotJoinedWith(28, 8); // acknowledgement
        assertSecondIsNotJoinedWith(32, 0x81); // reserved bits
        assertSecondIsNotJoinedWith(34, 8); // window
        assertSecondIsNotJoinedWith(38, 8); // urgent pointer
        assertSecondIsNotJoinedWith(51, 8); // options
    }

    @Test
    void joinsAcknowledgementsAndPushOnly() {
        for (int flags = 0; flags < 256; flags++) {
            if ((flags | 0x08) != 0x18) {
                assertSecondIsNotJoinedWith(33, flags);
            }
        }
    }

    @Test
    void aPushIsTheLastOfItsSuperPacket() {
        List<byte[]> packets = segments(4000, 1000);
        packets.get(1)[33] |= 0x08;
        packets.set(1, Reference.finish(packets.get(1)));
        List<byte[]> messages = coalesce(packets);
        assertThat(messages).hasSize(2);
        assertThat(messages.get(0)[10 + 33]).isEqualTo((byte) 0x18);
        assertThat(messages.get(1)[10 + 33]).isEqualTo((byte) 0x10);
    }

    @Test
    void aShorterSegmentIsTheLastAndALongerOneOpensAnew() {
        List<byte[]> packets = segments(2500, 1000);
        packets.addAll(segments(2500, 1000));
        assertThat(coalesce(packets)).hasSize(2);
        List<byte[]> growing = segments(500, 1000);
        growing.addAll(segments(1000, 1000));
        assertThat(coalesce(growing)).hasSize(2);
    }

    @Test
    void packetsThatAreNeverFragmentedMayShareTheirIdentification() {
        List<byte[]> packets = segments(3000, 1000);
        List<byte[]> same = packets.stream()
                .map(packet -> {
                    Bytes.put16(packet, 4, 0);
                    return Reference.finish(packet);
                })
                .toList();
        assertThat(coalesce(same)).hasSize(1);
        same.forEach(packet -> packet[6] = 0);
        assertThat(coalesce(same.stream().map(Reference::finish).toList())).hasSize(3);
    }

    @Test
    void joinsNoUdpForAKernelThatWouldRefuseIt() {
        byte[] header = Packets.ipv4Header("10.0.35.9", "10.0.34.7", Packets.UDP, new byte[0]);
        byte[] big = Reference.finish(Bytes.join(header, Packets.udp(1, 2, new byte[3000])));
        List<byte[]> udpSegments = Reference.segment(big, 1000);
        assertThat(coalesce(udpSegments)).hasSize(1);

        Coalescer tcpOnly = new Coalescer(tun.channel(), counters, false);
        List<byte[]> packets = new ArrayList<>(udpSegments);
        packets.addAll(segments(2000, 1000));
        for (byte[] packet : packets) {
            ByteBuf buffer = Bytes.buffer(packet);
            tcpOnly.add(buffer, buffer.readerIndex(), buffer.readableBytes(), counters.peer(Peers.B.subnet()));
            buffer.release();
        }
        tcpOnly.flush();
        tcpOnly.release();
        assertThat(tun.messages()).hasSize(4);
    }

    // ---- anything at all

    @Test
    void passesRandomBytesUntouched() {
        Randomly.times(3000, random -> {
            List<byte[]> packets = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                byte[] packet = Randomly.bytes(random, 20 + random.nextInt(100));
                packet[0] = (byte) (0x45 + random.nextInt(11));
                packet[9] = (byte) Randomly.oneOf(random, Packets.ICMP, Packets.TCP, Packets.UDP);
                packets.add(packet);
            }
            assertSame(
                    coalesce(packets),
                    packets.stream()
                            .map(packet -> Bytes.join(Packets.plainVnet(), packet))
                            .toList());
        });
    }

    // ---- counting

    @Test
    void countsPacketsAndTheirBytes() {
        List<byte[]> packets = segments(2500, 1000);
        coalesce(packets);
        assertThat(counters.get(Counter.DECAP_PACKETS)).isEqualTo(3);
        assertThat(counters.get(Counter.DECAP_BYTES))
                .isEqualTo(packets.stream().mapToLong(packet -> packet.length).sum());
    }

    @Test
    void dropsAndCountsWhileTheDeviceDoesNotKeepUp() {
        tun.writable(false);
        assertThat(coalesce(segments(2500, 1000))).isEmpty();
        assertThat(counters.get(Counter.DECAP_DROP_QUEUE_FULL)).isEqualTo(3);
        assertThat(counters.get(Counter.DECAP_PACKETS)).isZero();
        tun.writable(true);
        assertThat(coalesce(segments(2500, 1000))).hasSize(1);
    }

    @Test
    void aSuperPacketThatIsStillOnItsWayIsNotOverwritten() {
        ByteBuf first = Bytes.buffer(segments(500, 1000).get(0));
        ByteBuf second = Bytes.buffer(segments(700, 1000).get(0));
        coalescer.add(first, first.readerIndex(), first.readableBytes(), counters.peer(Peers.B.subnet()));
        coalescer.flush();
        coalescer.add(second, second.readerIndex(), second.readableBytes(), counters.peer(Peers.B.subnet()));
        coalescer.flush();
        assertSame(
                tun.messages(),
                List.of(
                        Bytes.join(Packets.plainVnet(), Bytes.of(first)),
                        Bytes.join(Packets.plainVnet(), Bytes.of(second))));
        first.release();
        second.release();
    }
}
