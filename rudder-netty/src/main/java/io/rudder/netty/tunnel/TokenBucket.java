package io.rudder.netty.tunnel;

import java.util.function.LongSupplier;

/** Allows a burst, and beyond it a steady rate. Belongs to one thread. */
final class TokenBucket {
    private final LongSupplier nanoClock;
    private final long nanosPerToken;
    private final long burst;
    private long tokens;
    private long refilledNanos;

    TokenBucket(LongSupplier nanoClock, int perSecond, int burst) {
        this.nanoClock = nanoClock;
        this.nanosPerToken = 1_000_000_000L / perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.refilledNanos = nanoClock.getAsLong();
    }

    boolean tryTake() {
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
