package io.rudder.netty.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.net.Ipv4;
import io.rudder.netty.probe.PathMeasurement.State;
import io.rudder.netty.probe.ProbeMessage.Type;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Wire;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProberTest {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final long SECOND = 1_000_000_000L;

    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private RouteTable routes = Peers.ROUTES;
    private long now = Long.MAX_VALUE - SECOND;
    private int kernelMtu = 1500;
    private final Prober prober =
            new Prober(udp.channel(), () -> routes, address -> kernelMtu, INTERVAL, counters, () -> now);

    @AfterEach
    void everythingWasReleased() {
        udp.channel().close();
        prober.start();
        udp.channel().runPendingTasks();
        Wire.closeAll(udp);
    }

    /** Lets time pass, and returns what was sent. */
    private List<Wire.Send> pass(Duration time) {
        List<Wire.Send> sent = new ArrayList<>();
        for (long end = now + time.toNanos(); end - now > 0; ) {
            now += prober.tick();
            sent.addAll(udp.sends());
        }
        return sent;
    }

    private boolean receive(byte[] payload, Peer from) {
        ByteBuf buffer = Unpooled.directBuffer().writeZero(3).writeBytes(payload);
        try {
            return prober.accept(buffer, 3, payload.length, from.publicIp());
        } finally {
            buffer.release();
        }
    }

    private static byte[] probe(Type type, int sequence, long timestamp) {
        ByteBuf buffer = Unpooled.buffer();
        ProbeMessage.write(buffer, type, sequence, timestamp);
        return Bytes.of(buffer);
    }

    /** What a peer makes of a question. */
    private static byte[] answerTo(byte[] question) {
        byte[] answer = question.clone();
        answer[3] = 2;
        return answer;
    }

    private static Peer peerAt(InetSocketAddress endpoint) {
        return endpoint.equals(Peers.B.endpoint()) ? Peers.B : Peers.C;
    }

    private static RouteTable manyPeers(int count) {
        return RouteTable.of(
                Peers.OWN,
                IntStream.range(0, count)
                        .mapToObj(i -> Peers.peer(
                                "10." + (1 + i / 250) + "." + i % 250 + ".0/24", "203.0." + i / 250 + "." + i % 250))
                        .toList());
    }

    @Test
    void asksEachPeerOnceAnInterval() {
        pass(INTERVAL);
        Map<InetSocketAddress, Integer> asked = new HashMap<>();
        pass(INTERVAL.multipliedBy(10)).forEach(send -> asked.merge(send.to(), 1, Integer::sum));

        assertThat(asked).hasSize(2);
        assertThat(asked.values()).allSatisfy(times -> assertThat(times).isBetween(9, 11));
    }

    @Test
    void aProbeIsTheDrawnSixteenBytes() {
        List<Wire.Send> sent = pass(INTERVAL);

        byte[] question = sent.get(0).packets().get(0);
        assertThat(question).hasSize(16).startsWith(0, 'R', 'P', 1, 0, 0, 0, 1);
        assertThat(receive(answerTo(question), peerAt(sent.get(0).to()))).isTrue();
    }

    @Test
    void manyPeersAreAskedEvenlyAndNeverMoreThanTheRate() {
        routes = manyPeers(1000);
        pass(Duration.ofSeconds(1));
        Map<InetSocketAddress, Integer> asked = new HashMap<>();
        for (int second = 0; second < 40; second++) {
            List<Wire.Send> sent = pass(Duration.ofSeconds(1));
            assertThat(sent).hasSizeBetween(20, 30);
            sent.forEach(send -> asked.merge(send.to(), 1, Integer::sum));
        }
        assertThat(asked).hasSizeGreaterThan(990);
        assertThat(prober.interval()).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void aLoopThatStoodStillDoesNotMakeUpForIt() {
        routes = manyPeers(1000);
        pass(Duration.ofSeconds(1));
        now += 60 * SECOND;
        prober.tick();
        assertThat(udp.sends()).hasSizeLessThanOrEqualTo(6);
    }

    @Test
    void learnsFromAnswers() {
        Wire.Send sent = pass(INTERVAL).get(0);
        Peer peer = peerAt(sent.to());
        prober.tick();
        kernelMtu = 1400;
        for (Wire.Send again : pass(INTERVAL)) {
            now += 300;
            receive(answerTo(again.packets().get(0)), peerAt(again.to()));
        }
        PathMeasurement measured = prober.measurement(peer.publicIp());
        assertThat(measured.state()).isEqualTo(State.ANSWERING);
        assertThat(measured.roundTripNanos()).isPositive();
        assertThat(measured.pathMtuBytes()).isEqualTo(1400);
        assertThat(prober.measurement(Ipv4.parse("192.0.2.99"))).isEqualTo(PathMeasurement.UNKNOWN);
    }

    @Test
    void answersGiveTheQuestionBackToTheEndpointOfTheLease() {
        byte[] question = probe(Type.QUESTION, 77, 0x0123456789abcdefL);

        assertThat(receive(question, Peers.C)).isTrue();

        List<Wire.Send> sent = udp.sends();
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).to()).isEqualTo(Peers.C.endpoint());
        assertThat(sent.get(0).packets()).containsExactly(probe(Type.ANSWER, 77, 0x0123456789abcdefL));
        assertThat(counters.get(Counter.PROBE_ANSWER_SENT)).isEqualTo(1);
    }

    @Test
    void answersAtABoundedRate() {
        byte[] question = probe(Type.QUESTION, 1, 1);
        IntStream.range(0, 1000).forEach(i -> receive(question, Peers.B));
        assertThat(udp.sends()).hasSize(Prober.ANSWERS_PER_SECOND);
        now += SECOND;
        IntStream.range(0, 1000).forEach(i -> receive(question, Peers.B));
        assertThat(udp.sends()).hasSize(Prober.ANSWERS_PER_SECOND);
        assertThat(counters.get(Counter.PROBE_ANSWER_SUPPRESSED)).isEqualTo(2000 - 2 * Prober.ANSWERS_PER_SECOND);
    }

    @Test
    void neverAnswersAnAnswer() {
        receive(probe(Type.ANSWER, 1, 1), Peers.B);
        assertThat(udp.sends()).isEmpty();
        assertThat(counters.get(Counter.PROBE_ANSWER_IGNORED)).isEqualTo(1);
    }

    @Test
    void aPeerThatComesIsKnownAtOnceAndOneThatGoesIsForgotten() {
        pass(INTERVAL);
        Peer late = Peers.peer("10.0.37.0/24", "198.51.100.4");
        routes = RouteTable.of(Peers.OWN, List.of(Peers.B, late));
        receive(probe(Type.QUESTION, 1, 1), late);
        assertThat(udp.sends()).hasSize(1);
        assertThat(pass(Duration.ofSeconds(6)).stream().map(Wire.Send::to).distinct())
                .containsExactlyInAnyOrder(Peers.B.endpoint(), late.endpoint());
        assertThat(prober.measurement(Peers.C.publicIp())).isEqualTo(PathMeasurement.UNKNOWN);
    }

    @Test
    void sendsNothingIntoAFullSocket() {
        udp.writable(false);
        assertThat(pass(INTERVAL)).isEmpty();
        receive(probe(Type.QUESTION, 1, 1), Peers.B);
        udp.writable(true);
        assertThat(udp.sends()).isEmpty();
    }

    @Test
    void aRelayHandsOverToTheProbersLoopAtABoundedRate() {
        Counters others = new Counters();
        ControlMessages relay = prober.relay(others);
        ByteBuf question = Bytes.buffer(probe(Type.QUESTION, 5, 6));
        for (int i = 0; i < 1000; i++) {
            assertThat(relay.accept(question, question.readerIndex(), 16, Peers.B.publicIp()))
                    .isTrue();
        }
        assertThat(relay.accept(question, question.readerIndex(), 15, Peers.B.publicIp()))
                .isFalse();
        question.release();
        assertThat(udp.sends()).isEmpty();
        udp.channel().runPendingTasks();
        assertThat(udp.sends()).hasSize(Prober.ANSWERS_PER_SECOND);
        assertThat(others.get(Counter.PROBE_ANSWER_SUPPRESSED)).isEqualTo(600);
    }

    @Test
    void randomDatagramsAreAnsweredAtMostWithAsMuchAndNeverThrow() {
        Randomly.times(2_000, random -> {
            byte[] payload = Randomly.bytes(random, random.nextInt(20));
            if (payload.length >= 4 && random.nextInt(4) != 0) {
                System.arraycopy(probe(Type.QUESTION, 1, 1), 0, payload, 0, 4);
                payload[random.nextInt(4)] ^= (byte) Randomly.oneOf(random, 0, 0, 1, 2, 3, 128);
            }
            now += SECOND / 100;
            boolean isProbe = receive(payload, random.nextBoolean() ? Peers.B : Peers.C);
            List<Wire.Send> answers = udp.sends();
            boolean expected = payload.length == 16
                    && payload[0] == 0
                    && payload[1] == 'R'
                    && payload[2] == 'P'
                    && (payload[3] == 1 || payload[3] == 2);
            assertThat(isProbe).isEqualTo(expected);
            assertThat(answers).hasSize(expected && payload[3] == 1 ? 1 : 0);
            answers.forEach(answer -> assertThat(answer.packets().get(0)).hasSize(payload.length));
        });
    }
}
