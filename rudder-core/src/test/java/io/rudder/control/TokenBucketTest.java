package io.rudder.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    private long nanos = Long.MAX_VALUE - SECOND; // System.nanoTime() may start anywhere and overflow
    private final TokenBucket bucket = new TokenBucket(() -> nanos, 100, 50);

    private long taken(int tries) {
        return IntStream.range(0, tries).filter(i -> bucket.tryTake()).count();
    }

    @Test
    void allowsABurstAndNoMore() {
        assertThat(taken(1000)).isEqualTo(50);
    }

    @Test
    void allowsTheSteadyRateAfterTheBurst() {
        taken(50);
        long taken = 0;
        for (int millis = 0; millis < 10_000; millis++) {
            nanos += SECOND / 1000;
            taken += taken(3);
        }
        assertThat(taken).isEqualTo(1000);
    }

    @Test
    void savesNoMoreThanABurst() {
        taken(50);
        nanos += 3600 * SECOND;
        assertThat(taken(1000)).isEqualTo(50);
    }

    @Test
    void fractionsOfATokenAreNotLost() {
        taken(50);
        nanos += 9_999_999;
        assertThat(taken(1)).isZero();
        nanos += 1;
        assertThat(taken(2)).isEqualTo(1);
        nanos += 15_000_000;
        assertThat(taken(2)).isEqualTo(1);
        nanos += 5_000_000;
        assertThat(taken(2)).isEqualTo(1);
    }
}
