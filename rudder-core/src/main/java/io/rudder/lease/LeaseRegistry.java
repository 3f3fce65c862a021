package io.rudder.lease;

import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The verbs of the store that holds configuration and leases; no policy. Every call returns at once and ends within a
 * deadline of at most 10 s: with a result, or exceptionally with a {@link RegistryException}. Futures complete on
 * threads of the store's client.
 */
public interface LeaseRegistry extends AutoCloseable {

    /** Everything at one revision, linearizable. */
    CompletableFuture<RegistrySnapshot> list();

    /** How many entries there are, at which revision of which cluster, linearizable; cheap at any size. */
    CompletableFuture<Head> head();

    /** One subnet's entry, linearizable; empty if there is none. */
    CompletableFuture<Optional<RegistryEntry>> get(Ipv4Prefix subnet);

    /** Grants an etcd lease and returns its id, never 0. */
    CompletableFuture<Long> grant(Duration timeToLive);

    /** Creates a subnet's entry if there is none: one transaction, which otherwise lists everything. */
    CompletableFuture<CreateResult> create(Ipv4Prefix subnet, LeaseAttributes attributes, long etcdLeaseId);

    /**
     * Writes new attributes into an entry that is still as expected.
     *
     * @param expectedModRevision the entry's revision as last seen
     * @param etcdLeaseId the etcd lease to attach; 0 attaches none
     * @return whether it was as expected and is written
     */
    CompletableFuture<Boolean> update(
            Ipv4Prefix subnet, LeaseAttributes attributes, long expectedModRevision, long etcdLeaseId);

    /** Deletes an entry that is still as expected, and tells whether it was. */
    CompletableFuture<Boolean> delete(Ipv4Prefix subnet, long expectedModRevision);

    /**
     * Renews an etcd lease once.
     *
     * @return its new time to live; empty if the store does not know the lease any more
     */
    CompletableFuture<Optional<Duration>> renew(long etcdLeaseId);

    /** Revokes an etcd lease, and so deletes its keys; done also if it is unknown. */
    CompletableFuture<Void> revoke(long etcdLeaseId);

    /** Watches all entries from a revision on. The listener hears whether it came about. */
    RegistryWatch watch(long fromRevision, RegistryWatch.Listener listener);

    /** Throws the connections away and makes new ones: what an owner does after repeated failures. */
    void reconnect();

    /** Closes the connections; calls under way end exceptionally. */
    @Override
    void close();

    /**
     * What {@link #head} says.
     *
     * @param revision the store's newest revision
     * @param clusterId the identity of the cluster that answered
     * @param count how many entries {@link #list} would return
     */
    record Head(long revision, long clusterId, long count) {}

    /** What came of {@link #create}. */
    sealed interface CreateResult {
        /** The entry is there, written at this revision. */
        record Created(long revision) implements CreateResult {}

        /** Somebody has the subnet; the registry as it was when that was found. */
        record Taken(RegistrySnapshot snapshot) implements CreateResult {}
    }
}
