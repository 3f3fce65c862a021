package io.rudder.lease.source;

import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.lease.RegistryWatch;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A registry that nodes only read: everyone's subnet is a reservation in it. */
final class FixedRegistry implements LeaseRegistry {
    private final LeaseStore store;
    private final String name;
    private final Runnable onClose;

    /**
     * A registry.
     *
     * @param name where the list is, for messages
     * @param onClose called when the registry is closed
     */
    FixedRegistry(LeaseStore store, String name, Runnable onClose) {
        this.store = store;
        this.name = name;
        this.onClose = onClose;
    }

    @Override
    public CompletableFuture<RegistrySnapshot> list() {
        return CompletableFuture.completedFuture(store.snapshot());
    }

    @Override
    public CompletableFuture<Head> head() {
        return CompletableFuture.completedFuture(store.head());
    }

    @Override
    public CompletableFuture<Optional<RegistryEntry>> get(Ipv4Prefix subnet) {
        return CompletableFuture.completedFuture(store.get(RegistryEntry.subnetPath(subnet)));
    }

    /** What a node asks for when no entry is its own. */
    @Override
    public CompletableFuture<Long> grant(Duration timeToLive) {
        return refused();
    }

    @Override
    public CompletableFuture<CreateResult> create(Ipv4Prefix subnet, LeaseAttributes attributes, long etcdLeaseId) {
        return refused();
    }

    @Override
    public CompletableFuture<Boolean> update(
            Ipv4Prefix subnet, LeaseAttributes attributes, long expectedModRevision, long etcdLeaseId) {
        return refused();
    }

    @Override
    public CompletableFuture<Boolean> delete(Ipv4Prefix subnet, long expectedModRevision) {
        return refused();
    }

    @Override
    public CompletableFuture<Optional<Duration>> renew(long etcdLeaseId) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletableFuture<Void> revoke(long etcdLeaseId) {
        return CompletableFuture.completedFuture(null);
    }

    private <T> CompletableFuture<T> refused() {
        return CompletableFuture.failedFuture(new RegistryException(
                RegistryException.Kind.REFUSED,
                "no subnet for this host's address in " + name + " (add a line like: 10.5.34.0/24 198.51.100.7)",
                null));
    }

    @Override
    public RegistryWatch watch(long fromRevision, RegistryWatch.Listener listener) {
        return store.watch(fromRevision, listener);
    }

    @Override
    public void reconnect() {
        // There is no connection.
    }

    @Override
    public void close() {
        onClose.run();
    }
}
