package io.rudder.control;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.testing.LogLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlThreadTest {
    private final ControlThread loop = new ControlThread();

    @AfterEach
    void close() {
        loop.close();
    }

    private <T> T onLoop(java.util.function.Supplier<T> supplier) throws Exception {
        return CompletableFuture.supplyAsync(supplier, loop).get(10, TimeUnit.SECONDS);
    }

    @Test
    void runsTasksOnOneDaemonThread() throws Exception {
        Thread thread = onLoop(Thread::currentThread);
        assertThat(thread.getName()).isEqualTo("rudder-control");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(onLoop(Thread::currentThread)).isSameAs(thread);
        assertThat(onLoop(loop::inLoop)).isTrue();
        assertThat(loop.inLoop()).isFalse();
    }

    @Test
    void goesOnAfterATaskThatThrows() throws Exception {
        LogLines log = new LogLines(Level.ERROR);
        try {
            loop.execute(() -> {
                throw new IllegalStateException("on purpose");
            });
            assertThat(onLoop(() -> 42)).isEqualTo(42);
            assertThat(log.lines()).hasSize(1);
        } finally {
            log.close();
        }
    }

    @Test
    void runsTasksInOrderAndTimersLater() throws Exception {
        List<String> ran = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(() -> {
            loop.schedule(Duration.ofMillis(20), () -> {
                ran.add("timer");
                done.countDown();
            });
            loop.schedule(Duration.ofMillis(1), () -> ran.add("cancelled")).cancel();
            loop.execute(() -> ran.add("second"));
            ran.add("first");
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).containsExactly("first", "second", "timer");
    }

    @Test
    void dropsTasksAfterClosing() throws Exception {
        Thread thread = onLoop(Thread::currentThread);
        loop.close();
        loop.execute(() -> {});
        loop.schedule(Duration.ofMillis(1), () -> {}).cancel();
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
    }
}
