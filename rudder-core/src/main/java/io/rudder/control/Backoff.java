package io.rudder.control;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: doubling with each failure in a row up to a limit, times 0.5 to 1.5 at random,
 * so that hosts that failed together do not come back together. Owned by the control loop.
 */
public final class Backoff {
    /** The first wait of most callers. */
    public static final Duration FIRST = Duration.ofMillis(100);

    /** The longest wait that it tells, before jitter: with it 3 s, so that a store that is back is found within 5 s. */
    public static final Duration LIMIT = Duration.ofSeconds(2);

    private static final int MAX_DOUBLINGS = 16;

    private final Duration first;
    private final RandomGenerator random;
    private int failures;

    /** Starts at {@code first}, not longer than {@link #LIMIT}. */
    public Backoff(Duration first, RandomGenerator random) {
        this.first = first;
        this.random = random;
    }

    /** Counts one more failure in a row, and tells how long to wait after it. */
    public Duration next() {
        long doubled = first.toNanos() << Math.min(failures, MAX_DOUBLINGS);
        failures++;
        return jitter(Duration.ofNanos(Math.min(doubled, LIMIT.toNanos())), 0.5, random);
    }

    /** How many failures there were in a row. */
    public int failures() {
        return failures;
    }

    /** It worked. */
    public void reset() {
        failures = 0;
    }

    /** A duration made longer or shorter at random by up to a share of it, 0 to 1. */
    public static Duration jitter(Duration duration, double share, RandomGenerator random) {
        return Duration.ofNanos((long) (duration.toNanos() * random.nextDouble(1 - share, 1 + share)));
    }
}
