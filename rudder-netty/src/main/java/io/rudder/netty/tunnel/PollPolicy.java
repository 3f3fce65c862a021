package io.rudder.netty.tunnel;

/**
 * Tells whether a loop does well to ask for events rather than to sleep until the next one: if the loop has lately been
 * idle for less than the limit at a time, and less busy than idle. Long idle times make asking a waste, long busy times
 * mean that others need the processor more. Times are those of {@link System#nanoTime}.
 */
final class PollPolicy {
    // Averages weigh the last turn with an eighth.
    private static final int SHIFT = 3;
    // One long idle time alone ends the asking.
    private static final int LONGEST_COUNTED = 8;
    private static final long REST_NANOS = 100_000_000;

    private final long limitNanos;
    private long idleAverage;
    private long busyAverage;
    private long idleSince;
    private long restsUntil;
    private boolean rests;

    /** @param limitNanos the longest to ask for events before a sleep */
    PollPolicy(long limitNanos) {
        this.limitNanos = limitNanos;
        this.idleAverage = LONGEST_COUNTED * limitNanos;
    }

    /** Whether to ask now, and not to sleep. */
    boolean polls(long now) {
        if (rests && now - restsUntil < 0) {
            return false;
        }
        rests = false;
        return idleAverage < limitNanos && busyAverage < idleAverage && now - idleSince < limitNanos;
    }

    /** Events were handled until now, which took so long. */
    void handled(long now, long busyNanos) {
        idleAverage += counted(now - busyNanos - idleSince) - idleAverage >> SHIFT;
        busyAverage += counted(busyNanos) - busyAverage >> SHIFT;
        idleSince = now;
    }

    private long counted(long nanos) {
        return Math.max(0, Math.min(nanos, LONGEST_COUNTED * limitNanos));
    }

    /** The processor was offered to others, who kept it so long: if too long, a loop that sleeps gets it back sooner. */
    void yielded(long before, long now) {
        if (now - before > limitNanos) {
            rests = true;
            restsUntil = now + REST_NANOS;
        }
    }
}
