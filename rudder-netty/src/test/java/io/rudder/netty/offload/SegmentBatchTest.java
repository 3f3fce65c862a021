package io.rudder.netty.offload;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Paths;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Wire;
import io.rudder.netty.testing.Wire.Send;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegmentBatchTest {
    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private SegmentBatch batch = new SegmentBatch(udp.channel(), counters, Paths.wide(), Paths.NOBODY, true);
    private int added;

    @AfterEach
    void everythingWasReleased() {
        batch.release();
        Wire.closeAll(udp);
    }

    /** Adds a packet whose first byte tells its number. */
    private byte[] add(Peer peer, int length) {
        byte[] packet = new byte[length];
        packet[0] = (byte) ++added;
        packet[length - 1] = (byte) added;
        int offset = batch.reserve(peer, length);
        batch.buffer().setBytes(offset, packet);
        return packet;
    }

    private void addAll(Peer peer, int... lengths) {
        for (int length : lengths) {
            add(peer, length);
        }
    }

    private List<Integer> runs() {
        batch.flush();
        return udp.sends().stream().map(send -> send.packets().size()).toList();
    }

    @Test
    void equalPacketsToOnePeerAreOneSend() {
        addAll(Peers.B, 100, 100, 100);
        assertThat(runs()).containsExactly(3);
    }

    @Test
    void aShorterPacketIsTheLastOfItsRun() {
        addAll(Peers.B, 100, 100, 99, 99, 99, 100);
        assertThat(runs()).containsExactly(3, 2, 1);
    }

    @Test
    void aLongerPacketOpensARun() {
        addAll(Peers.B, 99, 100, 100);
        assertThat(runs()).containsExactly(1, 2);
    }

    @Test
    void anotherPeerOpensARun() {
        addAll(Peers.B, 100, 100);
        addAll(Peers.C, 100);
        addAll(Peers.B, 100);
        batch.flush();
        assertThat(udp.sends())
                .extracting(Send::to)
                .containsExactly(Peers.B.endpoint(), Peers.C.endpoint(), Peers.B.endpoint());
    }

    @Test
    void aRunHasNoMoreThan64Segments() {
        for (int i = 0; i < 150; i++) {
            add(Peers.B, 20);
        }
        assertThat(runs()).containsExactly(64, 64, 22);
    }

    @Test
    void aRunHasNoMoreBytesThanADatagramHolds() {
        for (int i = 0; i < 90; i++) {
            add(Peers.B, 1472);
        }
        assertThat(runs()).containsExactly(44, 44, 2);
        addAll(Peers.B, 65507, 65507, 32753, 32753, 32753);
        assertThat(runs()).containsExactly(1, 1, 2, 1);
    }

    @Test
    void everyPacketLeavesOnceAndInOrder() {
        Randomly.times(200, random -> {
            List<byte[]> packets = new ArrayList<>();
            int length = 1500;
            Peer peer = Peers.B;
            for (int i = 0; i < 300; i++) {
                if (random.nextInt(10) == 0) {
                    length = 1 + random.nextInt(random.nextInt(20) == 0 ? SegmentBatch.MAX_BYTES : 1500);
                    peer = random.nextBoolean() ? Peers.B : Peers.C;
                }
                packets.add(add(peer, length));
            }
            batch.flush();
            List<byte[]> sent = udp.packets();
            assertThat(sent).hasSameSizeAs(packets);
            for (int i = 0; i < sent.size(); i++) {
                assertThat(sent.get(i)).as("packet %d", i).isEqualTo(packets.get(i));
            }
        });
    }

    @Test
    void anEmptyBatchSendsNothing() {
        batch.flush();
        addAll(Peers.B, 50);
        assertThat(runs()).containsExactly(1);
        assertThat(runs()).isEmpty();
    }

    @Test
    void withoutSegmentationEachPacketIsASendOfItsOwn() {
        batch.release();
        batch = new SegmentBatch(udp.channel(), counters, Paths.wide(), Paths.NOBODY, false);
        List<byte[]> packets = List.of(add(Peers.B, 100), add(Peers.B, 100), add(Peers.B, 7));
        batch.flush();
        List<Send> sends = udp.sends();
        assertThat(sends).hasSize(3).allMatch(send -> send.to().equals(Peers.B.endpoint()));
        for (int i = 0; i < 3; i++) {
            assertThat(sends.get(i).packets().get(0)).isEqualTo(packets.get(i));
        }
    }

    @Test
    void whatIsStillOnItsWayIsNotOverwritten() {
        byte[] first = add(Peers.B, 100);
        batch.flush();
        byte[] second = add(Peers.B, 100);
        batch.flush();
        List<byte[]> sent = udp.packets();
        assertThat(sent.get(0)).isEqualTo(first);
        assertThat(sent.get(1)).isEqualTo(second);
    }

    @Test
    void memoryIsUsedAgainOnceItIsSent() {
        addAll(Peers.B, 100);
        batch.flush();
        udp.sends();
        long used = udp.usedMemory();
        for (int i = 0; i < 100; i++) {
            addAll(Peers.B, 100);
            batch.flush();
            udp.sends();
        }
        assertThat(udp.usedMemory()).isEqualTo(used);
    }

    @Test
    void dropsAndCountsWhileTheSocketDoesNotKeepUp() {
        udp.writable(false);
        addAll(Peers.B, 100, 100, 100);
        assertThat(runs()).isEmpty();
        assertThat(counters.get(Counter.ENCAP_DROP_QUEUE_FULL)).isEqualTo(3);
        assertThat(counters.get(Counter.ENCAP_PACKETS)).isZero();
        udp.writable(true);
        addAll(Peers.B, 100);
        assertThat(runs()).containsExactly(1);
        assertThat(counters.get(Counter.ENCAP_PACKETS)).isEqualTo(1);
        assertThat(counters.get(Counter.ENCAP_BYTES)).isEqualTo(100);
    }

    @Test
    void keepsThePacketsBytesApart() {
        byte[] first = add(Peers.B, 3);
        byte[] second = add(Peers.B, 3);
        batch.flush();
        assertThat(Bytes.join(udp.packets().toArray(byte[][]::new))).isEqualTo(Bytes.join(first, second));
    }
}
