package io.rudder.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Response;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.PutOption;
import io.rudder.lease.ConfigStore;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.lease.RegistryWatch;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The registry in etcd. Calls may come from any thread: each is handed to the registry's own thread, which owns the
 * client, so that loading classes, resolving names and closing connections never hold up a caller.
 */
public final class EtcdLeaseRegistry implements LeaseRegistry, ConfigStore {
    private final EtcdKeys keys;
    private final EtcdFailures failures;
    private final SnapshotReader reader;
    private final EtcdConnection connection;
    private final boolean logsIn;

    /** Starts to connect; whether that succeeds shows with the first call. */
    public EtcdLeaseRegistry(EtcdOptions options) {
        this.keys = new EtcdKeys(options.prefix());
        this.failures = new EtcdFailures(options);
        this.reader = new SnapshotReader(keys);
        this.connection = new EtcdConnection(options, failures);
        this.logsIn = options.credentials().isPresent();
        // the first call costs seconds of class loading on a cold machine: have it over with
        head();
    }

    @Override
    public CompletableFuture<RegistrySnapshot> list() {
        return connection.call("list the leases", etcd -> reader.read(etcd.getKVClient()));
    }

    @Override
    public CompletableFuture<Head> head() {
        return connection.call("count the leases", etcd -> reader.head(etcd.getKVClient()));
    }

    @Override
    public CompletableFuture<Optional<RegistryEntry>> get(Ipv4Prefix subnet) {
        return connection.call(
                "read lease " + subnet,
                etcd -> etcd.getKVClient()
                        .get(keys.subnet(subnet))
                        .thenApply(found -> found.getKvs().stream().findFirst().map(keys::entry)));
    }

    @Override
    public CompletableFuture<Long> grant(Duration timeToLive) {
        return connection.call(
                "grant an etcd lease",
                etcd -> etcd.getLeaseClient().grant(timeToLive.toSeconds()).thenApply(LeaseGrantResponse::getID));
    }

    @Override
    public CompletableFuture<CreateResult> create(Ipv4Prefix subnet, LeaseAttributes attributes, long etcdLeaseId) {
        ByteSequence key = keys.subnet(subnet);
        return connection.call(
                "create lease " + subnet,
                etcd -> etcd.getKVClient()
                        .txn()
                        .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                        .Then(put(key, attributes, etcdLeaseId))
                        .Else(reader.listOperations())
                        .commit()
                        .thenApply(this::toCreateResult));
    }

    @Override
    public CompletableFuture<Boolean> update(
            Ipv4Prefix subnet, LeaseAttributes attributes, long expectedModRevision, long etcdLeaseId) {
        ByteSequence key = keys.subnet(subnet);
        Cmp unchanged = unchanged(key, expectedModRevision);
        return connection.call(
                "update lease " + subnet,
                etcd -> etcd.getKVClient()
                        .txn()
                        .If(unchanged)
                        .Then(put(key, attributes, etcdLeaseId))
                        .commit()
                        .thenApply(TxnResponse::isSucceeded));
    }

    @Override
    public CompletableFuture<Boolean> delete(Ipv4Prefix subnet, long expectedModRevision) {
        ByteSequence key = keys.subnet(subnet);
        Cmp unchanged = unchanged(key, expectedModRevision);
        return connection.call(
                "delete lease " + subnet,
                etcd -> etcd.getKVClient()
                        .txn()
                        .If(unchanged)
                        .Then(Op.delete(key, DeleteOption.DEFAULT))
                        .commit()
                        .thenApply(TxnResponse::isSucceeded));
    }

    @Override
    public CompletableFuture<Boolean> replaceConfig(String text, long expectedModRevision) {
        ByteSequence key = keys.config();
        Cmp unchanged = new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(expectedModRevision));
        return connection.call(
                "write the configuration",
                etcd -> etcd.getKVClient()
                        .txn()
                        .If(unchanged)
                        .Then(Op.put(key, EtcdKeys.bytes(text), PutOption.DEFAULT))
                        .commit()
                        .thenApply(TxnResponse::isSucceeded));
    }

    @Override
    public CompletableFuture<Optional<Duration>> renew(long etcdLeaseId) {
        return connection.call(
                "renew the etcd lease",
                etcd -> etcd.getLeaseClient()
                        .keepAliveOnce(etcdLeaseId)
                        .thenApply(EtcdLeaseRegistry::timeToLive)
                        .exceptionallyCompose(failure -> unlessUnknownLease(failure, Optional.empty())));
    }

    @Override
    public CompletableFuture<Void> revoke(long etcdLeaseId) {
        return connection.call(
                "revoke the etcd lease",
                etcd -> etcd.getLeaseClient()
                        .revoke(etcdLeaseId)
                        .<Void>thenApply(response -> null)
                        .exceptionallyCompose(failure -> unlessUnknownLease(failure, null)));
    }

    @Override
    public RegistryWatch watch(long fromRevision, RegistryWatch.Listener listener) {
        LeaseWatch watch = new LeaseWatch(keys, failures, connection, listener);
        validLogin()
                .thenCompose(valid -> connection.onThread(LeaseWatch.CALL, () -> {
                    watch.open(connection.client(), fromRevision);
                    return null;
                }))
                .exceptionally(failure -> {
                    watch.end(failure);
                    return null;
                });
        return watch;
    }

    /** etcd refuses a watch whose login ran out in the words of a missing permission; a call before it logs in anew. */
    private CompletableFuture<?> validLogin() {
        return logsIn ? head() : CompletableFuture.completedFuture(null);
    }

    @Override
    public void reconnect() {
        connection.reconnect();
    }

    @Override
    public void close() {
        connection.close();
    }

    private CreateResult toCreateResult(TxnResponse response) {
        Response.Header header = response.getHeader();
        return response.isSucceeded()
                ? new CreateResult.Created(header.getRevision())
                : new CreateResult.Taken(reader.snapshot(response));
    }

    private static Op put(ByteSequence key, LeaseAttributes attributes, long etcdLeaseId) {
        PutOption option = PutOption.builder().withLeaseId(etcdLeaseId).build();
        return Op.put(key, EtcdKeys.bytes(attributes.toJson()), option);
    }

    private static Cmp unchanged(ByteSequence key, long modRevision) {
        if (modRevision < 1) {
            throw new IllegalArgumentException("expectedModRevision: " + modRevision + " (expected: > 0)");
        }
        return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(modRevision));
    }

    private static Optional<Duration> timeToLive(LeaseKeepAliveResponse response) {
        return Optional.of(Duration.ofSeconds(response.getTTL()));
    }

    private static <T> CompletableFuture<T> unlessUnknownLease(Throwable failure, T result) {
        return EtcdFailures.isUnknownLease(failure)
                ? CompletableFuture.completedFuture(result)
                : CompletableFuture.failedFuture(failure);
    }
}
