package io.rudder.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LoopScopeTest {
    private final VirtualLoop loop = new VirtualLoop();
    private final LoopScope scope = new LoopScope(loop);
    private final List<Object> seen = new ArrayList<>();

    @Test
    void bringsResultsAndFailuresToTheLoop() {
        IllegalStateException failure = new IllegalStateException();
        scope.await(CompletableFuture.completedFuture("result"), seen::add, seen::add);
        scope.await(CompletableFuture.failedFuture(failure).thenApply(x -> x), seen::add, seen::add);
        assertThat(seen).isEmpty();
        loop.run(Duration.ZERO);
        assertThat(seen).containsExactly("result", failure);
    }

    @Test
    void nothingRunsOnceItIsClosed() {
        CompletableFuture<String> call = new CompletableFuture<>();
        scope.await(call, seen::add, seen::add);
        scope.schedule(Duration.ofSeconds(1), () -> seen.add("timer"));
        scope.execute(() -> seen.add("task"));
        scope.close();
        call.complete("result");
        scope.schedule(Duration.ZERO, () -> seen.add("timer"));
        loop.run(Duration.ofSeconds(2));
        assertThat(seen).isEmpty();
        assertThat(loop.pending()).isZero();
    }

    @Test
    void aTimerCanBeCancelled() {
        scope.schedule(Duration.ofSeconds(1), () -> seen.add("timer")).cancel();
        assertThat(loop.pending()).isZero();
    }

    @Test
    void backoffDoublesUpToFiveSecondsWithJitter() {
        Backoff backoff = new Backoff(Backoff.FIRST, new SplittableRandom(1));
        for (long expectedMillis : new long[] {100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000}) {
            assertThat(backoff.next().toMillis()).isBetween(expectedMillis / 2, expectedMillis * 3 / 2);
        }
        assertThat(backoff.failures()).isEqualTo(9);
        backoff.reset();
        assertThat(backoff.next().toMillis()).isLessThanOrEqualTo(150);
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next().toMillis()).isBetween(50L, 3000L);
        }
    }
}
