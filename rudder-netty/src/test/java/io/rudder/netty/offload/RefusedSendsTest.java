package io.rudder.netty.offload;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reassembler;
import io.rudder.netty.testing.Reference;
import io.rudder.netty.testing.RefusingSocket;
import io.rudder.netty.testing.Wire;
import io.rudder.netty.testing.Wire.Send;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of packets that the kernel does not send at the first attempt. */
class RefusedSendsTest {
    private static final int FULL = 1472;
    private static final boolean FRAGMENTABLE = false;
    private static final boolean DONT_FRAGMENT = true;

    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private final RefusingSocket socket = new RefusingSocket(cause -> batch().sendFailed(cause));
    private final List<TooBig> reports = new ArrayList<>();
    private long nanos;
    private int pathMtu = 1500;
    private final PathMtus pathMtus = new PathMtus(() -> nanos, address -> pathMtu);
    private SegmentBatch batch = newBatch(true);
    private int added;

    private record TooBig(byte[] packet, int limit) {}

    RefusedSendsTest() {
        udp.addLast(socket);
    }

    private SegmentBatch batch() {
        return batch;
    }

    private SegmentBatch newBatch(boolean segmentationOffload) {
        OversizePackets.Listener listener = (packet, offset, length, limit) -> {
            byte[] bytes = new byte[length];
            packet.getBytes(offset, bytes);
            reports.add(new TooBig(bytes, limit));
        };
        return new SegmentBatch(udp.channel(), counters, pathMtus, listener, segmentationOffload);
    }

    private void withoutSegmentationOffload() {
        batch.release();
        batch = newBatch(false);
    }

    @AfterEach
    void everythingWasReleased() {
        batch.release();
        Wire.closeAll(udp);
    }

    /** The path has got narrower: from now on the kernel refuses what does not fit, with this error. */
    private void narrowPath(int mtu, int errno) {
        pathMtu = mtu;
        socket.rule((run, longest) -> longest + 28 > mtu ? errno : 0);
    }

    /** Adds packets of these lengths, with content and an identification of their own. */
    private List<byte[]> add(boolean dontFragment, int... lengths) {
        List<byte[]> packets = new ArrayList<>();
        for (int length : lengths) {
            byte[] content = Randomly.bytes(new java.util.Random(++added), length - 20);
            byte[] packet = Packets.ipv4("10.0.34.7", "10.0.35.9", Packets.ICMP, content);
            Bytes.put16(packet, 4, added);
            Bytes.put16(packet, 6, dontFragment ? 0x4000 : 0);
            packets.add(Reference.finishIp(packet));
            int offset = batch.reserve(Peers.B, length);
            batch.buffer().setBytes(offset, packets.get(packets.size() - 1));
        }
        return packets;
    }

    private List<Send> sent() {
        batch.flush();
        return udp.sends();
    }

    private static List<byte[]> packetsOf(List<Send> sends) {
        return sends.stream().flatMap(send -> send.packets().stream()).toList();
    }

    /** What the peer has when it has put fragments together; packets keep the order in which they were sent. */
    private static List<byte[]> reassembled(List<Send> sends) {
        List<byte[]> packets = packetsOf(sends);
        return packets.stream()
                .map(packet -> Bytes.u16(packet, 4))
                .distinct()
                .map(id -> Reassembler.whole(packets.stream()
                        .filter(packet -> Bytes.u16(packet, 4) == id)
                        .toList()))
                .toList();
    }

    private static void assertSame(List<byte[]> actual, List<byte[]> expected) {
        assertThat(actual.stream().map(RefusedSendsTest::inShort).toList())
                .isEqualTo(expected.stream().map(RefusedSendsTest::inShort).toList());
    }

    private static String inShort(byte[] packet) {
        return "id %d, %d bytes, hash %x".formatted(Bytes.u16(packet, 4), packet.length, Arrays.hashCode(packet));
    }

    /** Every packet is counted once, as sent or as dropped; what was sent is what the wire saw. */
    private void assertCounted(List<Send> sends) {
        List<byte[]> packets = packetsOf(sends);
        assertThat(counters.get(Counter.ENCAP_PACKETS)).isEqualTo(packets.size());
        assertThat(counters.get(Counter.ENCAP_BYTES))
                .isEqualTo(packets.stream().mapToInt(packet -> packet.length).sum());
    }

    // ---- a path that is narrower than the device

    @ParameterizedTest
    @ValueSource(ints = {RefusingSocket.EMSGSIZE, RefusingSocket.EINVAL})
    void aRunThatIsTooLongForItsPathGoesInFragments(int errno) {
        narrowPath(1400, errno);
        List<byte[]> packets = add(FRAGMENTABLE, FULL, FULL, FULL, 300);

        List<Send> sends = sent();

        assertSame(reassembled(sends), packets);
        assertThat(packetsOf(sends)).allMatch(packet -> packet.length <= 1372).hasSize(7);
        assertCounted(sends);
        assertThat(counters.get(Counter.ENCAP_FRAGMENTED)).isEqualTo(3);
        assertThat(pathMtus.limit(Peers.B)).isEqualTo(1372);
        assertThat(batch.usesSegmentationOffload()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {RefusingSocket.EMSGSIZE, RefusingSocket.EINVAL})
    void whatMustNotBeFragmentedIsReportedWithTheLimit(int errno) {
        narrowPath(1400, errno);
        List<byte[]> packets = add(DONT_FRAGMENT, FULL, FULL, 300);

        List<Send> sends = sent();

        assertSame(packetsOf(sends), packets.subList(2, 3));
        assertSame(reports.stream().map(TooBig::packet).toList(), packets.subList(0, 2));
        assertThat(reports).extracting(TooBig::limit).containsOnly(1372);
        assertThat(counters.get(Counter.ENCAP_DROP_TOO_BIG)).isEqualTo(2);
        assertCounted(sends);
    }

    @Test
    void onceKnownTheLimitIsKeptWithoutTryingAgain() {
        narrowPath(1400, RefusingSocket.EMSGSIZE);
        add(FRAGMENTABLE, FULL, FULL);
        sent();
        socket.rule((run, longest) -> {
            assertThat(longest).isLessThanOrEqualTo(1372);
            return 0;
        });

        List<byte[]> packets = add(FRAGMENTABLE, FULL, FULL);

        assertSame(reassembled(sent()), packets);
    }

    @Test
    void runsThatFitThePathStayRuns() {
        narrowPath(1400, RefusingSocket.EINVAL);
        add(FRAGMENTABLE, FULL, FULL);
        sent();

        add(FRAGMENTABLE, 1372, 1372, 1372);

        assertThat(sent()).extracting(send -> send.packets().size()).containsExactly(3);
    }

    @Test
    void onceForgottenTheLimitIsNoMore() {
        narrowPath(1400, RefusingSocket.EMSGSIZE);
        add(FRAGMENTABLE, FULL);
        sent();
        narrowPath(1500, RefusingSocket.EMSGSIZE);
        nanos += 600_000_000_001L;

        add(DONT_FRAGMENT, FULL, FULL);

        assertThat(sent()).extracting(send -> send.packets().size()).containsExactly(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSinglePacketTeachesAsWell(boolean dontFragment) {
        narrowPath(1400, RefusingSocket.EMSGSIZE);
        List<byte[]> packets = add(dontFragment, FULL);

        List<Send> sends = sent();

        assertSame(reassembled(sends), dontFragment ? List.of() : packets);
        assertThat(reports).hasSize(dontFragment ? 1 : 0);
        assertThat(pathMtus.limit(Peers.B)).isEqualTo(1372);
        assertCounted(sends);
    }

    @Test
    void withoutSegmentationOffloadAllIsTheSame() {
        withoutSegmentationOffload();
        narrowPath(1400, RefusingSocket.EMSGSIZE);
        List<byte[]> packets = add(FRAGMENTABLE, FULL, FULL, FULL, 1400);

        List<Send> sends = sent();

        assertSame(reassembled(sends), packets);
        assertCounted(sends);
    }

    @Test
    void withoutSegmentationOffloadWhatFitsGoesOnce() {
        withoutSegmentationOffload();
        narrowPath(1400, RefusingSocket.EMSGSIZE);
        List<byte[]> packets = add(DONT_FRAGMENT, FULL, FULL, 100);

        List<Send> sends = sent();

        assertSame(packetsOf(sends), packets.subList(2, 3));
        assertThat(reports).hasSize(2);
        assertCounted(sends);
    }

    /** Fragments that no longer fit are lost, as on any path; nothing else than the packet's own bytes may leave. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aPathThatGetsNarrowerStillLosesFragmentsAtMost(int count) {
        narrowPath(700, RefusingSocket.EMSGSIZE);
        add(FRAGMENTABLE, 1400, 1400, 1400, 1400, 1400, 1400, 1400, 1400, 1400, 1400, 1400, 1400);
        sent();
        long sentBefore = counters.get(Counter.ENCAP_PACKETS);
        narrowPath(500, RefusingSocket.EMSGSIZE);
        int[] lengths = new int[count];
        Arrays.fill(lengths, FULL);
        List<byte[]> packets = add(FRAGMENTABLE, lengths);
        List<Integer> ids = packets.stream().map(packet -> Bytes.u16(packet, 4)).toList();

        List<Send> sends = sent();

        assertThat(ids)
                .containsAll(packetsOf(sends).stream()
                        .map(packet -> Bytes.u16(packet, 4))
                        .toList());
        assertThat(counters.get(Counter.ENCAP_PACKETS) - sentBefore)
                .isEqualTo(packetsOf(sends).size());
        assertThat(pathMtus.limit(Peers.B)).isEqualTo(472);
        List<byte[]> later = add(FRAGMENTABLE, FULL);
        assertSame(reassembled(sent()), later);
    }

    // ---- a way out without the offload

    @ParameterizedTest
    @ValueSource(ints = {RefusingSocket.EIO, RefusingSocket.EINVAL, RefusingSocket.EOPNOTSUPP})
    void runsEndForGoodWhereTheWayOutRefusesThemAndNothingIsLost(int errno) {
        socket.rule((run, longest) -> run ? errno : 0);
        List<byte[]> packets = new ArrayList<>();
        List<Send> sends = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            packets.addAll(add(DONT_FRAGMENT, FULL, FULL, 99));
            sends.addAll(sent());
        }

        assertSame(packetsOf(sends), packets);
        assertThat(sends).allMatch(send -> send.packets().size() == 1);
        assertThat(batch.usesSegmentationOffload()).isFalse();
        assertCounted(sends);
        socket.rule((run, longest) -> {
            assertThat(run).as("tried a run again").isFalse();
            return 0;
        });
        add(DONT_FRAGMENT, FULL, FULL);
        sent();
    }

    @ParameterizedTest
    @ValueSource(ints = {RefusingSocket.ENOBUFS, RefusingSocket.EMSGSIZE})
    void otherErrorsAreNoReasonToStopRuns(int errno) {
        socket.rule((run, longest) -> run ? errno : 0);
        List<byte[]> packets = add(DONT_FRAGMENT, FULL, FULL, 99);
        List<Send> sends = sent();
        assertSame(packetsOf(sends), packets);
        assertCounted(sends);
        socket.rule((run, longest) -> 0);
        add(DONT_FRAGMENT, FULL, FULL);
        assertThat(sent()).extracting(send -> send.packets().size()).containsExactly(2);
    }

    @Test
    void whatIsRefusedAltogetherIsCountedOnce() {
        socket.rule((run, longest) -> RefusingSocket.ENOBUFS);
        add(DONT_FRAGMENT, FULL, FULL, 99);

        List<Send> sends = sent();

        assertThat(sends).isEmpty();
        assertThat(counters.get(Counter.ENCAP_DROP_SEND_FAILED)).isEqualTo(3);
        assertCounted(sends);
    }

    @Test
    void aRefusalOfAPacketInTheMiddleLeavesTheOthers() {
        withoutSegmentationOffload();
        int[] calls = {0};
        socket.rule((run, longest) -> ++calls[0] == 2 ? RefusingSocket.ENOBUFS : 0);
        List<byte[]> packets = add(DONT_FRAGMENT, FULL, FULL, FULL, 99);

        List<Send> sends = sent();

        assertSame(packetsOf(sends), List.of(packets.get(0), packets.get(2), packets.get(3)));
        assertThat(counters.get(Counter.ENCAP_DROP_SEND_FAILED)).isEqualTo(1);
        assertCounted(sends);
    }

    // ---- a socket that does not keep up

    @Test
    void whatASocketDoesNotTakeIsCountedPacketByPacket() {
        udp.writable(false);
        add(DONT_FRAGMENT, FULL, FULL, 99);
        add(DONT_FRAGMENT, FULL);
        List<Send> sends = sent();
        udp.writable(true);

        assertThat(sends).isEmpty();
        assertThat(counters.get(Counter.ENCAP_DROP_QUEUE_FULL)).isEqualTo(4);
        assertCounted(sends);
        assertSame(packetsOf(sends), List.of());
    }

    @Test
    void randomRefusalsNeitherReorderNorRepeatNorMiscount() {
        Randomly.times(300, random -> {
            socket.rule((run, longest) -> random.nextInt(4) == 0 ? RefusingSocket.ENOBUFS : 0);
            long before = counters.get(Counter.ENCAP_PACKETS);
            long droppedBefore = counters.get(Counter.ENCAP_DROP_SEND_FAILED);
            int first = added;
            int[] lengths = random.ints(40, 60, 1472).toArray();
            for (int i = 0; i < lengths.length; i++) {
                lengths[i] = random.nextInt(3) > 0 && i > 0 ? lengths[i - 1] : lengths[i];
            }
            add(DONT_FRAGMENT, lengths);
            List<byte[]> sent = packetsOf(sent());
            List<Integer> ids =
                    sent.stream().map(packet -> Bytes.u16(packet, 4)).toList();
            assertThat(ids).isSorted().doesNotHaveDuplicates();
            assertThat(counters.get(Counter.ENCAP_PACKETS) - before).isEqualTo(sent.size());
            assertThat(counters.get(Counter.ENCAP_DROP_SEND_FAILED) - droppedBefore)
                    .isEqualTo(added - first - sent.size());
            added = 0;
        });
    }
}
