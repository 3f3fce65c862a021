package io.rudder.netty.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.netty.probe.PathQuality.State;
import io.rudder.netty.testing.Peers;
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
        PathQuality quality = path.quality();
        assertThat(quality.state()).isEqualTo(State.NO_ANSWER_YET);
        assertThat(quality.hasAnswered()).isFalse();
        assertThat(quality.sent()).isZero();
        assertThat(quality.lossRatio()).isZero();
        assertThat(quality.pathMtuBytes()).isEqualTo(1500);
    }

    @Test
    void tellsTheRoundTripOfTheLastAnswerAndASmoothOne() {
        askAndHearAfter(800);
        assertThat(path.quality().lastRoundTripNanos()).isEqualTo(800);
        assertThat(path.quality().roundTripNanos()).isEqualTo(800);
        askAndHearAfter(1600);
        assertThat(path.quality().lastRoundTripNanos()).isEqualTo(1600);
        assertThat(path.quality().roundTripNanos()).isEqualTo(900);
        assertThat(path.quality().lastAnswerNanos()).isEqualTo(now);
    }

    @Test
    void countsLossOverTheLastProbesOnly() {
        askAndHearAfter(5);
        for (int i = 0; i < 3; i++) {
            ask();
        }
        askAndHearAfter(5);
        assertThat(path.quality().sent()).isEqualTo(5);
        assertThat(path.quality().lost()).isEqualTo(3);
        assertThat(path.quality().lossRatio()).isEqualTo(0.6);
        for (int i = 0; i < WINDOW; i++) {
            askAndHearAfter(5);
        }
        assertThat(path.quality().sent()).isEqualTo(WINDOW);
        assertThat(path.quality().lost()).isZero();
    }

    @Test
    void callsAPeerSilentAfterThreeLostProbesAndTakesItBackAtOnce() {
        askAndHearAfter(5);
        ask();
        ask();
        ask();
        assertThat(path.quality().state()).isEqualTo(State.ANSWERING);
        ask();
        assertThat(path.quality().state()).isEqualTo(State.SILENT);
        askAndHearAfter(5);
        assertThat(path.quality().state()).isEqualTo(State.ANSWERING);
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
        assertThat(path.quality().lastRoundTripNanos()).isEqualTo(7);
    }

    @Test
    void countsLossOverAFullWord() {
        for (int i = 0; i < 100; i++) {
            path.answered(path.sent(i, Long.SIZE, 0), i, i);
            path.sent(i, Long.SIZE, 0);
        }
        assertThat(path.quality().sent()).isEqualTo(64);
        assertThat(path.quality().lost()).isEqualTo(32);
    }
}
