package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.status.Throughput;
import io.rudder.status.Traffic;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThroughputMeterTest {
    private long bytes;
    private final ThroughputMeter meter = new ThroughputMeter(() -> new Traffic(0, bytes, 0, 0, 0, 0));

    @Test
    void isTheMeanOfTheLastFiveSeconds() {
        for (int second = 0; second <= 20; second++) {
            meter.sample(TimeUnit.SECONDS.toNanos(second));
            bytes += second < 15 ? 1000 : 4000;
        }

        assertThat(meter.current()).isEqualTo(new Throughput(5, 0, 4000, 0, 0, 0));
    }

    @Test
    void isUnknownAtFirst() {
        assertThat(meter.current()).isEqualTo(Throughput.UNKNOWN);
    }
}
