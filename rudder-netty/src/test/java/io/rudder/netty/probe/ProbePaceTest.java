package io.rudder.netty.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbePaceTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 5", "100, 5", "125, 5", "250, 10", "1000, 40", "10000, 400"})
    void theIntervalGrowsWithThePeersSoThatTheRateIsBounded(int peers, long seconds) {
        ProbePace pace = ProbePace.of(peers, 5 * SECOND);

        assertThat(pace.intervalNanos()).isEqualTo(seconds * SECOND);
        assertThat(peers * SECOND / pace.intervalNanos()).isLessThanOrEqualTo(ProbePace.MAX_PER_SECOND);
    }

    @Test
    void theClockIsLookedAtAtMostFiveTimesASecondAndAtLeastOnce() {
        assertThat(ProbePace.of(0, 5 * SECOND).tickNanos()).isEqualTo(SECOND);
        assertThat(ProbePace.of(3, 5 * SECOND).tickNanos()).isEqualTo(SECOND);
        assertThat(ProbePace.of(10, 5 * SECOND).tickNanos()).isEqualTo(SECOND / 2);
        assertThat(ProbePace.of(1000, 5 * SECOND).tickNanos()).isEqualTo(SECOND / 5);
    }

    @Test
    void lossIsCountedOverAboutFiveMinutes() {
        assertThat(ProbePace.of(3, 5 * SECOND).windowProbes()).isEqualTo(60);
        assertThat(ProbePace.of(500, 5 * SECOND).windowProbes()).isEqualTo(15);
        assertThat(ProbePace.of(10_000, 5 * SECOND).windowProbes()).isEqualTo(10);
        assertThat(ProbePace.of(3, SECOND / 10).windowProbes()).isEqualTo(60);
    }
}
