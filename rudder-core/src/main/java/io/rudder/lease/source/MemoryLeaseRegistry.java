package io.rudder.lease.source;

import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.lease.RegistryWatch;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One node's client of a {@link MemoryLeases}. Each verb is one step under the store's lock. */
final class MemoryLeaseRegistry implements LeaseRegistry {
    private static final Duration TIME_TO_LIVE = Duration.ofDays(1);

    private final LeaseStore store;

    MemoryLeaseRegistry(LeaseStore store) {
        this.store = store;
    }

    private <T> CompletableFuture<T> atomically(Supplier<T> step) {
        synchronized (store) {
            return CompletableFuture.completedFuture(step.get());
        }
    }

    @Override
    public CompletableFuture<RegistrySnapshot> list() {
        return atomically(store::snapshot);
    }

    @Override
    public CompletableFuture<Head> head() {
        return atomically(store::head);
    }

    @Override
    public CompletableFuture<Optional<RegistryEntry>> get(Ipv4Prefix subnet) {
        return atomically(() -> store.get(RegistryEntry.subnetPath(subnet)));
    }

    @Override
    public CompletableFuture<Long> grant(Duration timeToLive) {
        return CompletableFuture.completedFuture(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }

    @Override
    public CompletableFuture<CreateResult> create(Ipv4Prefix subnet, LeaseAttributes attributes, long etcdLeaseId) {
        String path = RegistryEntry.subnetPath(subnet);
        return atomically(() -> store.get(path).isPresent()
                ? new CreateResult.Taken(store.snapshot())
                : new CreateResult.Created(
                        store.put(path, attributes.toJson(), etcdLeaseId).modRevision()));
    }

    @Override
    public CompletableFuture<Boolean> update(
            Ipv4Prefix subnet, LeaseAttributes attributes, long expectedModRevision, long etcdLeaseId) {
        return ifAsExpected(subnet, expectedModRevision, path -> store.put(path, attributes.toJson(), etcdLeaseId));
    }

    @Override
    public CompletableFuture<Boolean> delete(Ipv4Prefix subnet, long expectedModRevision) {
        return ifAsExpected(subnet, expectedModRevision, store::delete);
    }

    private CompletableFuture<Boolean> ifAsExpected(
            Ipv4Prefix subnet, long expectedModRevision, Consumer<String> change) {
        String path = RegistryEntry.subnetPath(subnet);
        return atomically(() -> {
            boolean asExpected = store.get(path)
                    .filter(entry -> entry.modRevision() == expectedModRevision)
                    .isPresent();
            if (asExpected) {
                change.accept(path);
            }
            return asExpected;
        });
    }

    @Override
    public CompletableFuture<Optional<Duration>> renew(long etcdLeaseId) {
        return CompletableFuture.completedFuture(Optional.of(TIME_TO_LIVE));
    }

    @Override
    public CompletableFuture<Void> revoke(long etcdLeaseId) {
        return atomically(() -> {
            store.snapshot().entries().stream()
                    .filter(entry -> entry.etcdLeaseId() == etcdLeaseId && etcdLeaseId != 0)
                    .map(RegistryEntry::path)
                    .forEach(store::delete);
            return null;
        });
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
        // The leases stay, as they would in etcd.
    }
}
