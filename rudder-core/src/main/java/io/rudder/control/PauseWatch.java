package io.rudder.control;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Notices that the process did not run for a while: it was stopped, or the host was suspended, when the monotonic clock
 * stands still and only the wall clock goes on. What was true before may not be any more. Owned by the control loop.
 */
public final class PauseWatch implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    // A busy host or a stepped clock may take so long; a lease that was about to be lost in that time was lost anyway.
    private static final Duration TOLERANCE = Duration.ofSeconds(10);

    private final ControlLoop loop;
    private final LoopScope scope;
    private final Consumer<Duration> listener;
    private long lastNanos;
    private Instant lastWallTime = Instant.EPOCH;

    /** @param listener hears how long the process stood still, or by how much the wall clock was moved */
    public PauseWatch(ControlLoop loop, Consumer<Duration> listener) {
        this.loop = loop;
        this.scope = new LoopScope(loop);
        this.listener = listener;
    }

    /** Starts to watch the clocks. */
    public void start() {
        remember();
        scope.schedule(INTERVAL, this::lookAndGoOn);
    }

    private void remember() {
        lastNanos = loop.nanoTime();
        lastWallTime = loop.wallTime();
    }

    private void lookAndGoOn() {
        scope.schedule(INTERVAL, this::lookAndGoOn);
        look();
    }

    /** Looks now, before something is done that a pause has a say in. */
    public void look() {
        Duration elapsed = Duration.ofNanos(loop.nanoTime() - lastNanos);
        Duration late = elapsed.minus(INTERVAL);
        Duration jump = Duration.between(lastWallTime, loop.wallTime()).minus(elapsed);
        remember();
        if (late.compareTo(TOLERANCE) > 0) {
            listener.accept(late);
        } else if (jump.abs().compareTo(TOLERANCE) > 0) {
            listener.accept(jump);
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
