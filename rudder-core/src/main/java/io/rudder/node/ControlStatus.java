package io.rudder.node;

import io.rudder.lease.LeaseStatus;
import io.rudder.peer.Peer;
import io.rudder.peer.WatchStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a node's control plane stands. Immutable, for any thread; each part is of one moment, the parts may be of
 * slightly different ones.
 *
 * @param lease the own lease
 * @param registry the touch with the registry
 * @param config the network configuration
 * @param peers the peers that packets are carried to and from, in no particular order
 * @param removals peers that the registry has no more and that are routed still
 * @param stale whether the peers are those of an earlier run, because the registry has not been heard of in this one
 */
public record ControlStatus(
        LeaseStatus lease,
        WatchStatus registry,
        ConfigStatus config,
        List<Peer> peers,
        Removals removals,
        boolean stale) {

    /** Before there is a configuration. */
    static ControlStatus before(Instant created, Optional<String> lastError) {
        return new ControlStatus(
                LeaseStatus.acquiring(created),
                WatchStatus.connecting(lastError),
                ConfigStatus.UNKNOWN,
                List.of(),
                Removals.NONE,
                false);
    }

    /**
     * Peers that the registry has no more and that are routed still.
     *
     * @param lingering those that were removed just now, and may come back
     * @param held those that were removed with so many others that a second list has to confirm it
     */
    public record Removals(int lingering, int held) {
        static final Removals NONE = new Removals(0, 0);
    }
}
