package io.rudder.lease;

import io.rudder.control.LoopScope;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deals with other leases that have this host's node id. One that nobody stands up for is left over, as from a restored
 * backup, and given back. One with a live owner is that of a clone, which started while this host's key was gone: then
 * the host with the younger lease gives way. Owned by the control loop.
 */
final class TwinLeases implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TwinLeases.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final Duration RECHECK_AFTER = Duration.ofSeconds(60);

    private final LeaseRegistry registry;
    private final LoopScope scope;
    private final NodeIdentity self;
    private final Supplier<Optional<Lease>> own;
    private final Listener listener;
    private boolean looking;

    /** @param own the lease that this host holds, as far as it knows; nothing is done while there is none */
    TwinLeases(ControlContext context, NodeIdentity self, Supplier<Optional<Lease>> own, Listener listener) {
        this.registry = context.registry();
        this.scope = new LoopScope(context.loop());
        this.self = self;
        this.own = own;
        this.listener = listener;
    }

    /** Looks at an entry of the registry, whosever it is. */
    void look(RegistryEntry entry) {
        Optional<Lease> current = own.get();
        if (looking || current.isEmpty() || !entry.value().contains(self.nodeId())) {
            return;
        }
        Lease.find(entry).filter(lease -> isTwin(lease, current.get())).ifPresent(this::findOut);
    }

    private boolean isTwin(Lease lease, Lease current) {
        return self.isNamedBy(lease.attributes()) && !lease.subnet().equals(current.subnet()) && !lease.isReservation();
    }

    private void findOut(Lease twin) {
        if (self.hasAddressOf(twin.attributes())) {
            giveBack(twin);
            return;
        }
        looking = true;
        new LeaseClaim(registry, scope, self, new ClaimListener(twin)).make(twin);
    }

    private void giveBack(Lease twin) {
        log.warn("giving back {}, an earlier lease of this host", twin.subnet());
        boolean sharesEtcdLease = own.get()
                .filter(lease -> lease.etcdLeaseId() == twin.etcdLeaseId())
                .isPresent();
        if (sharesEtcdLease) {
            registry.delete(twin.subnet(), twin.modRevision());
        } else {
            registry.revoke(twin.etcdLeaseId());
        }
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
            looking = false;
            giveBack(lease);
        }

        @Override
        public void onDenied(String message) {
            Optional<Lease> current = own.get();
            if (current.isEmpty()) {
                // This host's key is gone just now, and may be the younger one when it is back.
                onUnclear();
                return;
            }
            looking = false;
            if (current.get().createRevision() > twin.createRevision()) {
                listener.onClone(message);
            } else {
                // The other one gives way, unless this host's lease was the younger one in the meantime.
                scope.schedule(RECHECK_AFTER, this::lookAgain);
            }
        }

        @Override
        public void onUnclear() {
            scope.schedule(RETRY_AFTER, this::lookAgain);
        }

        private void lookAgain() {
            if (own.get().isEmpty()) {
                onUnclear();
                return;
            }
            scope.await(
                    registry.get(twin.subnet()),
                    entry -> {
                        looking = false;
                        entry.ifPresent(TwinLeases.this::look);
                    },
                    this::onFailure);
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
