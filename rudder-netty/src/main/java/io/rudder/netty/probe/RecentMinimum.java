package io.rudder.netty.probe;

/** The smallest of the last values: of at least half a window of them, and at most a whole one. */
final class RecentMinimum {
    private long earlier = Long.MAX_VALUE;
    private long current = Long.MAX_VALUE;
    private int counted;

    /** Takes a value, of which {@code window} make a window. */
    void add(long value, int window) {
        if (counted >= window / 2) {
            earlier = current;
            current = Long.MAX_VALUE;
            counted = 0;
        }
        current = Math.min(current, value);
        counted++;
    }

    /** The smallest; {@link Long#MAX_VALUE} before the first value. */
    long get() {
        return Math.min(earlier, current);
    }
}
