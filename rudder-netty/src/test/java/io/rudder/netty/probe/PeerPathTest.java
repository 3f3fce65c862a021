package io.rudder.netty.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.netty.probe.PathMeasurement.State;
import io.rudder.netty.testing.Peers;
import io.rudder.status.PathQuality;
import org.junit.jupiter.api.Test;

class PeerPathTest {
    private static final int WINDOW = 10;
    private static final long SECOND = 1_000_000_000L;

    private final PeerPath path = new PeerPath(Peers.B.endpoint());
    // System.nanoTime() may start anywhere and overflow.
    private long now = Long.MAX_VALUE - 3 * SECOND;

    private int ask() {
        now += SECOND;
        return path.sent(now, WINDOW, 1500);
    }

    private void askAndHearAfter(long nanos) {
        long sent = now + SECOND;
        int sequence = ask();
        now += nanos;
        assertThat(path.answered(sequence, sent, now)).isTrue();
    }

    @Test
    void whoeverNeverAnsweredHasLostNothing() {
        for (int i = 0; i < 20; i++) {
            ask();
        }
        PathMeasurement measured = path.measurement();
        assertThat(measured.state()).isEqualTo(State.NO_ANSWER_YET);
        assertThat(measured.quality(now)).isEmpty();
        assertThat(measured.sent()).isZero();
        assertThat(measured.lossRatio()).isZero();
        assertThat(measured.pathMtuBytes()).isEqualTo(1500);
    }

    @Test
    void tellsTheRoundTripOfTheLastAnswerAndASmoothOne() {
        askAndHearAfter(800);
        assertThat(path.measurement().lastRoundTripNanos()).isEqualTo(800);
        assertThat(path.measurement().roundTripNanos()).isEqualTo(800);
        askAndHearAfter(1600);
        assertThat(path.measurement().lastRoundTripNanos()).isEqualTo(1600);
        assertThat(path.measurement().roundTripNanos()).isEqualTo(900);
        assertThat(path.measurement().lastAnswerNanos()).isEqualTo(now);
        assertThat(path.measurement().leastRoundTripNanos()).isEqualTo(800);
        assertThat(path.measurement().quality(now + 2 * SECOND)).contains(new PathQuality(true, 0.0009, 0.0008, 0, 2));
    }

    @Test
    void countsLossOverTheLastProbesOnly() {
        askAndHearAfter(5);
        for (int i = 0; i < 3; i++) {
            ask();
        }
        askAndHearAfter(5);
        assertThat(path.measurement().sent()).isEqualTo(5);
        assertThat(path.measurement().lost()).isEqualTo(3);
        assertThat(path.measurement().lossRatio()).isEqualTo(0.6);
        for (int i = 0; i < WINDOW; i++) {
            askAndHearAfter(5);
        }
        assertThat(path.measurement().sent()).isEqualTo(WINDOW);
        assertThat(path.measurement().lost()).isZero();
    }

    @Test
    void callsAPeerSilentAfterThreeLostProbesAndTakesItBackAtOnce() {
        askAndHearAfter(5);
        ask();
        ask();
        ask();
        assertThat(path.measurement().state()).isEqualTo(State.ANSWERING);
        ask();
        assertThat(path.measurement().state()).isEqualTo(State.SILENT);
        askAndHearAfter(5);
        assertThat(path.measurement().state()).isEqualTo(State.ANSWERING);
    }

    @Test
    void takesOnlyTheAnswerToTheLastProbeAndOnlyOnce() {
        int first = ask();
        long firstSent = now;
        int second = ask();
        assertThat(path.answered(first, firstSent, now)).as("late").isFalse();
        assertThat(path.answered(second, firstSent, now)).as("made up").isFalse();
        assertThat(path.answered(second + 1, now, now)).as("not asked").isFalse();
        assertThat(path.answered(second, now, now + 7)).isTrue();
        assertThat(path.answered(second, now, now + 7)).as("doubled").isFalse();
        assertThat(path.measurement().lastRoundTripNanos()).isEqualTo(7);
    }

    @Test
    void theShortestRoundTripIsForgottenAfterAWindow() {
        askAndHearAfter(5);
        for (int i = 0; i < WINDOW; i++) {
            askAndHearAfter(9);
        }
        assertThat(path.measurement().leastRoundTripNanos()).isEqualTo(9);
    }

    @Test
    void countsLossOverAFullWord() {
        for (int i = 0; i < 100; i++) {
            path.answered(path.sent(i, Long.SIZE, 0), i, i);
            path.sent(i, Long.SIZE, 0);
        }
        assertThat(path.measurement().sent()).isEqualTo(64);
        assertThat(path.measurement().lost()).isEqualTo(32);
    }
}
