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

    /** How long it has when this host has seen it alive before. */
    static final Duration LONG_WAIT = Duration.ofMinutes(2);

    // What the owner does to deny it takes so many times as long as one call: a registry that is slow for all delays
    // nobody's denial too much.
    private static final int CALLS_OF_A_DENIAL = 4;

    private final ControlContext context;
    private final LoopScope scope;
    private final NodeIdentity self;
    private final Listener listener;

    LeaseClaim(ControlContext context, LoopScope scope, NodeIdentity self, Listener listener) {
        this.context = context;
        this.scope = scope;
        this.self = self;
        this.listener = listener;
    }

    /** Claims a lease, and waits for the owner at least so long. */
    void make(Lease lease, Duration wait) {
        LeaseAttributes claimed = lease.attributes().claimedBy(self.publicIp());
        long begunNanos = context.loop().nanoTime();
        scope.await(
                context.registry().update(lease.subnet(), claimed, lease.modRevision(), lease.etcdLeaseId()),
                written -> {
                    if (written) {
                        scope.schedule(longer(wait, begunNanos), () -> look(lease));
                    } else {
                        listener.onUnclear();
                    }
                },
                listener::onFailure);
    }

    private Duration longer(Duration wait, long begunNanos) {
        Duration denial =
                Duration.ofNanos(context.loop().nanoTime() - begunNanos).multipliedBy(CALLS_OF_A_DENIAL);
        return denial.compareTo(wait) > 0 ? denial : wait;
    }

    private void look(Lease lease) {
        scope.await(
                context.registry().get(lease.subnet()),
                entry -> judge(entry.flatMap(Lease::find)),
                listener::onFailure);
    }

    private void judge(Optional<Lease> found) {
        Optional<String> claimant = found.flatMap(lease -> lease.attributes().claimant());
        boolean isOwn =
                found.filter(lease -> self.isNamedBy(lease.attributes())).isPresent();
        if (isOwn && claimant.filter(Ipv4.format(self.publicIp())::equals).isPresent()) {
            listener.onUndisputed(found.get());
        } else if (isOwn && claimant.isEmpty() && !self.hasAddressOf(found.get().attributes())) {
            listener.onDenied(denial(self, found.get()));
        } else {
            listener.onUnclear();
        }
    }

    /** What an operator is told of a host whose node id is that of another one, which is alive. */
    static String denial(NodeIdentity self, Lease lease) {
        return "node id " + self.nodeId() + " is that of the live host at "
                + Ipv4.format(lease.attributes().publicIp()) + ", which holds the lease of " + lease.subnet()
                + ": if this host is a clone of it, remove node-id from its -state-dir";
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
