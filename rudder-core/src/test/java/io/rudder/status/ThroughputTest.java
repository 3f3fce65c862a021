package io.rudder.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThroughputTest {
    @Test
    void isTheMeanBetweenTwoMoments() {
        Traffic earlier = new Traffic(10, 1000, 1, 20, 2000, 2);
        Traffic later = new Traffic(30, 5000, 3, 60, 8000, 6);

        assertThat(Throughput.between(earlier, later, 2)).isEqualTo(new Throughput(2, 10, 2000, 20, 3000, 3));
    }

    @Test
    void isUnknownWhenNoTimeHasPassed() {
        assertThat(Throughput.between(Traffic.NONE, Traffic.NONE, 0)).isEqualTo(Throughput.UNKNOWN);
    }
}
