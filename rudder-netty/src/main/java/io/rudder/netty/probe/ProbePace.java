package io.rudder.netty.probe;

/**
 * How often probes go out: each peer once an interval, evenly spread, and never more than a bounded number a second
 * however many peers there are.
 *
 * @param intervalNanos between two probes to one peer
 * @param tickNanos between two looks at the clock, each of which sends what is due
 * @param windowProbes over how many probes loss is counted: those of about five minutes
 */
record ProbePace(long intervalNanos, long tickNanos, int windowProbes) {
    /** The most probes that a node sends a second, and is asked by the others. */
    static final int MAX_PER_SECOND = 25;

    private static final long SECOND = 1_000_000_000L;
    private static final long MIN_TICK_NANOS = SECOND / 5;
    private static final long LOSS_NANOS = 300 * SECOND;
    private static final int MIN_WINDOW = 10;
    private static final int MAX_WINDOW = 60;

    /**
     * The pace for a number of peers.
     *
     * @param leastIntervalNanos what the interval is while there are few peers
     */
    static ProbePace of(int peers, long leastIntervalNanos) {
        long interval = Math.max(leastIntervalNanos, peers * SECOND / MAX_PER_SECOND);
        long tick = Math.max(MIN_TICK_NANOS, Math.min(SECOND, interval / Math.max(1, peers)));
        long window = Math.max(MIN_WINDOW, Math.min(MAX_WINDOW, LOSS_NANOS / interval));
        return new ProbePace(interval, tick, (int) window);
    }
}
