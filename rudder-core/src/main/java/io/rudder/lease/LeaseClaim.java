package io.rudder.lease;

import io.rudder.control.LoopScope;
import io.rudder.net.Ipv4;
import java.time.Duration;
import java.util.Optional;

/**
 * Finds out whether the owner of a lease with this host's node id and another address is alive: then this host is a
 * clone of it, else it has moved. The claim is written beside the address, so that no packet takes another way
 * meanwhile. An owner that lives takes it out again ({@link LeaseRenewal}), one that does not leaves it. Owned by the
 * control loop.
 */
final class LeaseClaim {
    /** How long an owner has to deny a claim. */
    static final Duration WAIT = Duration.ofSeconds(3);

    private final LeaseRegistry registry;
    private final LoopScope scope;
    private final NodeIdentity self;
    private final Listener listener;

    LeaseClaim(LeaseRegistry registry, LoopScope scope, NodeIdentity self, Listener listener) {
        this.registry = registry;
        this.scope = scope;
        this.self = self;
        this.listener = listener;
    }

    void make(Lease lease) {
        LeaseAttributes claimed = lease.attributes().claimedBy(self.publicIp());
        scope.await(
                registry.update(lease.subnet(), claimed, lease.modRevision(), lease.etcdLeaseId()),
                written -> {
                    if (written) {
                        scope.schedule(WAIT, () -> look(lease));
                    } else {
                        listener.onUnclear();
                    }
                },
                listener::onFailure);
    }

    private void look(Lease lease) {
        scope.await(registry.get(lease.subnet()), entry -> judge(entry.flatMap(Lease::find)), listener::onFailure);
    }

    private void judge(Optional<Lease> found) {
        Optional<String> claimant = found.flatMap(lease -> lease.attributes().claimant());
        boolean isOwn =
                found.filter(lease -> self.isNamedBy(lease.attributes())).isPresent();
        if (isOwn && claimant.filter(Ipv4.format(self.publicIp())::equals).isPresent()) {
            listener.onUndisputed(found.get());
        } else if (isOwn && claimant.isEmpty() && !self.hasAddressOf(found.get().attributes())) {
            listener.onDenied("node id " + self.nodeId() + " is that of the live host at "
                    + Ipv4.format(found.get().attributes().publicIp()) + ", which holds the lease of "
                    + found.get().subnet() + ": if this host is a clone of it, remove node-id from its -state-dir");
        } else {
            listener.onUnclear();
        }
    }

    /** Hears how it ended, once. */
    interface Listener {
        /** Nobody denied it: the lease, as it is now, is this host's. */
        void onUndisputed(Lease lease);

        /** The owner is alive; the message is one line. */
        void onDenied(String message);

        /** The lease changed otherwise: look again. */
        void onUnclear();

        /** A call failed. */
        void onFailure(Throwable failure);
    }
}
