package io.rudder.control;

import java.util.function.LongSupplier;

/** Allows a burst, and beyond it a steady rate. Belongs to one thread. */
public final class TokenBucket {
    private final LongSupplier nanoClock;
    private final long nanosPerToken;
    private final long burst;
    private long tokens;
    private long refilledNanos;

    /** A full bucket, which fills at a rate up to a burst. */
    public TokenBucket(LongSupplier nanoClock, int perSecond, int burst) {
        this.nanoClock = nanoClock;
        this.nanosPerToken = 1_000_000_000L / perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.refilledNanos = nanoClock.getAsLong();
    }

    /** Takes a token, if there is one. */
    public boolean tryTake() {
        long earned = (nanoClock.getAsLong() - refilledNanos) / nanosPerToken;
        if (earned > 0) {
            tokens = Math.min(burst, tokens + earned);
            refilledNanos += earned * nanosPerToken;
        }
        if (tokens == 0) {
            return false;
        }
        tokens--;
        return true;
    }
}
