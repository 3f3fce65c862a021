package io.rudder.node;

import io.rudder.config.NetworkConfig;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseStatus;
import io.rudder.lease.NodeIdentity;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a node remembers of its overlay, so that it can carry packets before the registry answers.
 *
 * @param nodeId whose it is
 * @param config the network configuration
 * @param subnet the own subnet
 * @param confirmedAt when the registry last said that it is the node's
 * @param revision the registry's revision that the peers are of
 * @param peers the peers
 */
public record SavedState(
        String nodeId, NetworkConfig config, Ipv4Prefix subnet, Instant confirmedAt, long revision, List<Peer> peers) {
    // Somebody may be given the subnet of a lease that ran out; clocks may differ by less than this.
    private static final Duration SAFETY = Duration.ofHours(1);

    public SavedState {
        peers = List.copyOf(peers);
    }

    /** What is worth remembering; empty while there is no lease, and while what there is comes from an earlier run. */
    public static Optional<SavedState> of(ControlStatus status, NodeIdentity self) {
        LeaseStatus lease = status.lease();
        if (status.stale()
                || lease.lease().isEmpty()
                || lease.confirmedAt().isEmpty()
                || status.config().running().isEmpty()
                || status.registry().listedAt().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SavedState(
                self.nodeId(),
                status.config().running().get(),
                lease.lease().get().subnet(),
                lease.confirmedAt().get(),
                status.registry().revision(),
                status.peers()));
    }

    /** Whether the lease was confirmed so lately that nobody else can have the subnet. */
    boolean isFresh(Instant now, Duration timeToLive) {
        Duration age = Duration.between(confirmedAt, now);
        return !age.isNegative() && age.compareTo(timeToLive.minus(SAFETY)) < 0;
    }

    Lease lease(NodeIdentity self) {
        return new Lease(subnet, self.attributes(), 0, 0, 0);
    }
}
