package io.rudder.lease;

import java.time.Duration;

/**
 * How a host has and keeps its lease.
 *
 * @param timeToLive how long the lease outlives its last renewal, whole seconds
 * @param renewInterval how long after a renewal the next one follows, shorter than {@code timeToLive}
 * @param takeOver whether to take the lease of another live node with the same public address
 * @param onLost what to do when somebody else owns the subnet that the host had
 */
public record LeasePolicy(Duration timeToLive, Duration renewInterval, boolean takeOver, OnLost onLost) {
    /** flannel's time to live of a day, renewed every hour. */
    public static final LeasePolicy DEFAULT =
            new LeasePolicy(Duration.ofDays(1), Duration.ofHours(1), false, OnLost.FENCE);

    /** What to do when somebody else owns the subnet that the host had. */
    public enum OnLost {
        /** Stop to carry the old subnet and take another one. */
        FENCE,
        /** Stop to carry the old subnet and give up, for an operator or a supervisor to act. */
        EXIT,
        /** Go on with the old subnet, which is the host's again once the other gives it up. */
        KEEP
    }

    /** The same with another renewal interval. */
    public LeasePolicy renewedEvery(Duration interval) {
        return new LeasePolicy(timeToLive, interval, takeOver, onLost);
    }

    /** The same with or without taking leases over. */
    public LeasePolicy takingOver(boolean takesOver) {
        return new LeasePolicy(timeToLive, renewInterval, takesOver, onLost);
    }

    /** The same with another answer to a loss. */
    public LeasePolicy onLost(OnLost answer) {
        return new LeasePolicy(timeToLive, renewInterval, takeOver, answer);
    }
}
