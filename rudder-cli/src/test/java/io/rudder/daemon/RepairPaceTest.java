package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.control.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RepairPaceTest {
    private long nanos = 5;
    private static final Duration REST = Duration.ofMillis(200);

    private final RepairPace pace = new RepairPace(() -> nanos, REST);

    private Duration left() {
        return Duration.ofNanos(pace.nanosLeft());
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void looksNowAndThenWithoutAHint() {
        assertThat(left()).isEqualTo(RepairPace.INTERVAL);
        pass(RepairPace.INTERVAL);
        pace.looked();
        assertThat(left()).isEqualTo(RepairPace.INTERVAL);
    }

    @Test
    void looksSoonAfterAHintAndFurtherHintsDoNotPutItOff() {
        pace.hint();
        assertThat(left()).isEqualTo(RepairPace.COALESCING);
        pass(Duration.ofMillis(6));
        pace.hint();
        assertThat(left()).isEqualTo(RepairPace.COALESCING.minusMillis(6));
    }

    @Test
    void restsAfterALookHoweverMuchChanges() {
        pace.looked();
        pace.hint();
        assertThat(left()).isEqualTo(REST);
    }

    @Test
    void waitsLongerWithEachFailureWhateverIsHinted() {
        Duration last = Duration.ZERO;
        for (int failure = 0; failure < 20; failure++) {
            pace.failed();
            pace.hint();
            last = left();
            assertThat(last).isGreaterThanOrEqualTo(Duration.ofMillis(50));
            pass(last);
        }
        assertThat(last).isGreaterThanOrEqualTo(Backoff.LIMIT.dividedBy(2));
        pace.looked();
        pass(REST);
        pace.hint();
        assertThat(left()).isEqualTo(RepairPace.COALESCING);
    }
}
