package io.rudder.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.testing.PausableLoop;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PauseWatchTest {
    private final VirtualLoop loop = new VirtualLoop();
    private final PausableLoop process = new PausableLoop(loop);
    private final List<Duration> pauses = new ArrayList<>();
    private final PauseWatch watch = new PauseWatch(process, pauses::add);

    PauseWatchTest() {
        watch.start();
        loop.run(Duration.ofSeconds(12));
    }

    @Test
    void nothingIsHeardWhileBothClocksRun() {
        loop.run(Duration.ofDays(1));
        assertThat(pauses).isEmpty();
    }

    @Test
    void aSuspendedHostIsNoticedByItsWallClock() {
        loop.jumpWallClock(Duration.ofHours(3));
        loop.run(Duration.ofSeconds(5));
        assertThat(pauses).containsExactly(Duration.ofHours(3));
        loop.run(Duration.ofMinutes(10));
        assertThat(pauses).hasSize(1);
    }

    @Test
    void aClockThatIsPutBackIsNoticedToo() {
        loop.jumpWallClock(Duration.ofHours(-3));
        loop.run(Duration.ofSeconds(5));
        assertThat(pauses).containsExactly(Duration.ofHours(-3));
    }

    @Test
    void aStoppedProcessIsNoticedAsItGoesOn() {
        process.pause();
        loop.run(Duration.ofMinutes(10));
        process.goOn();
        loop.run(Duration.ofMillis(1));
        assertThat(pauses)
                .singleElement()
                .satisfies(pause -> assertThat(pause).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10)));
    }

    @Test
    void aBusyHostIsNotTakenForAStoppedOne() {
        process.pause();
        loop.run(Duration.ofSeconds(8));
        process.goOn();
        loop.run(Duration.ofMinutes(1));
        assertThat(pauses).isEmpty();
    }
}
