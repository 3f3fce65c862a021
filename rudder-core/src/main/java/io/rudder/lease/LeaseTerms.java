package io.rudder.lease;

import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Optional;

/**
 * How a host wants its lease.
 *
 * @param identity who it is
 * @param previousSubnet the subnet that it had before, to be had again if it is free
 * @param timeToLive how long the lease outlives its last renewal, whole seconds
 * @param renewInterval how long after a renewal the next one follows, shorter than {@code timeToLive}
 * @param takeOver whether to take the lease of another live node with the same public address
 */
public record LeaseTerms(
        NodeIdentity identity,
        Optional<Ipv4Prefix> previousSubnet,
        Duration timeToLive,
        Duration renewInterval,
        boolean takeOver) {

    /** The same at another public address. */
    LeaseTerms at(int publicIp) {
        NodeIdentity moved = new NodeIdentity(identity.nodeId(), publicIp);
        return new LeaseTerms(moved, previousSubnet, timeToLive, renewInterval, takeOver);
    }
}
