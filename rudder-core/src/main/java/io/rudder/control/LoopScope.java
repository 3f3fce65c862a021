package io.rudder.control;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Timers and answers that belong together: once the scope is closed none of them runs any more. An owner that starts
 * anew takes a new scope, and so never hears of what it gave up. Owned by the control loop.
 */
public final class LoopScope implements AutoCloseable {
    private final ControlLoop loop;
    private final Set<ScopedTimer> pending = new HashSet<>();
    private boolean closed;

    public LoopScope(ControlLoop loop) {
        this.loop = loop;
    }

    /** Runs a task on the loop, unless the scope is closed by then. On any thread. */
    public void execute(Runnable task) {
        loop.execute(() -> runIfOpen(task));
    }

    /** Runs a task on the loop after a delay, unless the scope is closed by then. */
    public ControlLoop.Timer schedule(Duration delay, Runnable task) {
        ScopedTimer timer = new ScopedTimer(task);
        if (!closed) {
            pending.add(timer);
            timer.delegate = loop.schedule(delay, timer::fire);
        }
        return timer;
    }

    /** Brings the outcome of a call to the loop; a failure comes without the wrapping of futures. */
    public <T> void await(CompletableFuture<T> call, Consumer<? super T> onResult, Consumer<Throwable> onFailure) {
        call.whenComplete((result, failure) -> execute(() -> {
            if (failure == null) {
                onResult.accept(result);
            } else {
                onFailure.accept(unwrap(failure));
            }
        }));
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void runIfOpen(Runnable task) {
        if (!closed) {
            task.run();
        }
    }

    /** Whether nothing runs here any more. */
    public boolean isClosed() {
        return closed;
    }

    /** Cancels the timers and ignores the answers to come. */
    @Override
    public void close() {
        closed = true;
        pending.forEach(timer -> timer.delegate.cancel());
        pending.clear();
    }

    private final class ScopedTimer implements ControlLoop.Timer {
        private final Runnable task;
        private ControlLoop.Timer delegate = () -> {};

        ScopedTimer(Runnable task) {
            this.task = task;
        }

        void fire() {
            if (pending.remove(this)) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            pending.remove(this);
            delegate.cancel();
        }
    }
}
