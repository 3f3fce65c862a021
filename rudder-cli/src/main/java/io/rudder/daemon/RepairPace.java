package io.rudder.daemon;

import io.rudder.control.Backoff;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * When the host is looked at: soon after a hint, now and then without one, and never in a busy loop, neither when a
 * repair fails nor when somebody undoes it each time. On the daemon's thread.
 */
final class RepairPace {
    /** What is done together is looked at together. */
    static final Duration COALESCING = Duration.ofMillis(10);

    /** How long after a look the next one follows without a hint. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final Duration rest;
    private final Backoff backoff = new Backoff(Backoff.FIRST, new SplittableRandom());
    private long dueNanos;
    private long restUntilNanos;

    /**
     * The first look comes after the interval.
     *
     * @param rest how long after a look the next one follows at the earliest, however much changes
     */
    RepairPace(LongSupplier nanoTime, Duration rest) {
        this.nanoTime = nanoTime;
        this.rest = rest;
        this.restUntilNanos = nanoTime.getAsLong();
        this.dueNanos = restUntilNanos + INTERVAL.toNanos();
    }

    /** Something changed on the host. */
    void hint() {
        long soon = nanoTime.getAsLong() + COALESCING.toNanos();
        long allowed = soon - restUntilNanos > 0 ? soon : restUntilNanos;
        if (allowed - dueNanos < 0) {
            dueNanos = allowed;
        }
    }

    /** Nanoseconds until the next look; negative or 0 if it is due. */
    long nanosLeft() {
        return dueNanos - nanoTime.getAsLong();
    }

    /** The host was looked at. */
    void looked() {
        long now = nanoTime.getAsLong();
        backoff.reset();
        restUntilNanos = now + rest.toNanos();
        dueNanos = now + INTERVAL.toNanos();
    }

    /** What was found could not be put right. */
    void failed() {
        restUntilNanos = nanoTime.getAsLong() + backoff.next().toNanos();
        dueNanos = restUntilNanos;
    }
}
