package io.rudder.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LoopPulseTest {
    private static final long BOUND = 10;

    private long now = Long.MAX_VALUE - 5;
    private final LoopPulse pulse = new LoopPulse(() -> now);
    private final Queue<Runnable> loop = new ArrayDeque<>();

    private void turn() {
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
    }

    @Test
    void aLoopThatComesToItsTasksTurns() {
        pulse.watch("control", loop::add);
        for (int i = 0; i < 10; i++) {
            pulse.beat();
            now += BOUND;
            turn();
            assertThat(pulse.stalled(BOUND)).isEmpty();
        }
    }

    @Test
    void aLoopThatDoesNotIsNamedAndGathersNoTasks() {
        pulse.watch("data", loop::add);
        pulse.watch("control", Runnable::run);
        for (int i = 0; i <= BOUND; i++) {
            pulse.beat();
            assertThat(pulse.stalled(BOUND)).isEmpty();
            now++;
        }
        assertThat(pulse.stalled(BOUND)).containsExactly("data");
        assertThat(loop).hasSize(1);
        turn();
        assertThat(pulse.stalled(BOUND)).isEmpty();
    }

    @Test
    void aLoopThatEndedStandsStillUnlessItIsForgotten() {
        pulse.watch("data", task -> {
            throw new RejectedExecutionException();
        });
        pulse.beat();
        now += BOUND + 1;
        assertThat(pulse.stalled(BOUND)).containsExactly("data");
        pulse.forget("data");
        assertThat(pulse.stalled(BOUND)).isEmpty();
    }
}
