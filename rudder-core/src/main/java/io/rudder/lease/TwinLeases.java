package io.rudder.lease;

import io.rudder.control.LoopScope;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deals with other leases that have this host's node id. One that nobody stands up for is left over, as from a restored
 * backup, and given back. One with a live owner is that of a clone, which started while this host's key was gone: then
 * the host with the younger lease gives way. A key is looked at until it is no such lease any more, because calls fail
 * and backups are restored more than once. Owned by the control loop.
 */
final class TwinLeases implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TwinLeases.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final Duration RECHECK_AFTER = Duration.ofSeconds(60);

    private final ControlContext context;
    private final LeaseRegistry registry;
    private final LoopScope scope;
    private final Supplier<Optional<Lease>> own;
    private final Listener listener;
    private final Set<Ipv4Prefix> suspects = new LinkedHashSet<>();
    private NodeIdentity self;
    private boolean looking;

    /** @param own the lease that this host holds for certain; nothing is done while there is none */
    TwinLeases(ControlContext context, NodeIdentity self, Supplier<Optional<Lease>> own, Listener listener) {
        this.context = context;
        this.registry = context.registry();
        this.scope = new LoopScope(context.loop());
        this.self = self;
        this.own = own;
        this.listener = listener;
    }

    /** This host is at another address now. */
    void self(NodeIdentity identity) {
        self = identity;
    }

    /** Looks at an entry of the registry, whosever it is, as soon as there is a lease to compare it with. */
    void look(RegistryEntry entry) {
        if (entry.value().contains(self.nodeId())) {
            entry.subnetElement().flatMap(LeaseKey::parse).ifPresent(suspects::add);
            proceed();
        }
    }

    /** Goes on: there is a lease to compare others with. */
    void proceed() {
        Optional<Lease> current = own.get();
        if (looking || current.isEmpty()) {
            return;
        }
        suspects.remove(current.get().subnet());
        if (!suspects.isEmpty()) {
            looking = true;
            Ipv4Prefix suspect = suspects.iterator().next();
            scope.await(
                    registry.get(suspect),
                    entry -> examine(suspect, entry.flatMap(Lease::find)),
                    failure -> lookAgain(suspect, RETRY_AFTER));
        }
    }

    private void examine(Ipv4Prefix suspect, Optional<Lease> found) {
        Optional<Lease> current = own.get();
        if (current.isEmpty()) {
            looking = false;
            return;
        }
        Optional<Lease> twin = found.filter(lease -> isTwin(lease, current.get()));
        if (twin.isEmpty()) {
            suspects.remove(suspect);
            looking = false;
            proceed();
        } else if (self.hasAddressOf(twin.get().attributes())) {
            giveBack(twin.get(), current.get());
        } else {
            new LeaseClaim(context, scope, self, new ClaimListener(twin.get())).make(twin.get(), LeaseClaim.WAIT);
        }
    }

    private boolean isTwin(Lease lease, Lease current) {
        return self.isNamedBy(lease.attributes()) && !lease.subnet().equals(current.subnet()) && !lease.isReservation();
    }

    private void giveBack(Lease twin, Lease current) {
        log.warn("giving back {}, an earlier lease of this host", twin.subnet());
        boolean sharesEtcdLease = current.etcdLeaseId() == twin.etcdLeaseId();
        CompletableFuture<?> given = sharesEtcdLease
                ? registry.delete(twin.subnet(), twin.modRevision())
                : registry.revoke(twin.etcdLeaseId());
        scope.await(
                given,
                done -> {
                    // Whether it is gone now, the next look shows.
                    looking = false;
                    proceed();
                },
                failure -> lookAgain(twin.subnet(), RETRY_AFTER));
    }

    private void lookAgain(Ipv4Prefix suspect, Duration delay) {
        suspects.remove(suspect);
        scope.schedule(delay, () -> {
            suspects.add(suspect);
            proceed();
        });
        looking = false;
        proceed();
    }

    @Override
    public void close() {
        scope.close();
    }

    private final class ClaimListener implements LeaseClaim.Listener {
        private final Lease twin;

        ClaimListener(Lease twin) {
            this.twin = twin;
        }

        @Override
        public void onUndisputed(Lease lease) {
            own.get()
                    .filter(current -> isTwin(lease, current))
                    .ifPresentOrElse(current -> giveBack(lease, current), this::onUnclear);
        }

        @Override
        public void onDenied(String message) {
            Optional<Lease> current = own.get();
            if (current.isEmpty()) {
                // This host's key is gone just now, and may be the younger one when it is back.
                onUnclear();
            } else if (current.get().createRevision() > twin.createRevision()) {
                looking = false;
                listener.onClone(message);
            } else {
                // The other one gives way, unless this host's lease was the younger one in the meantime.
                lookAgain(twin.subnet(), RECHECK_AFTER);
            }
        }

        @Override
        public void onUnclear() {
            lookAgain(twin.subnet(), RETRY_AFTER);
        }

        @Override
        public void onFailure(Throwable failure) {
            onUnclear();
        }
    }

    /** Hears of a clone, on the control loop. */
    interface Listener {
        /** A live host with this node id has an older lease; the message is one line. */
        void onClone(String message);
    }
}
