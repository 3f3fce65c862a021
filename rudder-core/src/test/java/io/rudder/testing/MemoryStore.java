package io.rudder.testing;

import io.rudder.control.ControlLoop;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry.CreateResult;
import io.rudder.lease.LeaseRegistry.Head;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistryException.Kind;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What etcd is to Rudder, in memory: revisions, leases that run out by the loop's clock, compaction, and the history
 * that watches read. Clients come in through {@link MemoryRegistry}; a test may also act as an operator. StoreModelIT
 * holds it against a real etcd.
 */
public final class MemoryStore {
    private final ControlLoop loop;
    private final TreeMap<String, RegistryEntry> entries = new TreeMap<>();
    private final Map<Long, Grant> grants = new HashMap<>();
    // Of all etcd leases that there ever were: a backup brings some of them back.
    private final Map<Long, Duration> granted = new HashMap<>();
    private final List<RegistryEvent> history = new ArrayList<>();
    private final Set<Runnable> onChange = new LinkedHashSet<>();
    private Optional<RegistrySnapshot> snapshot = Optional.empty();
    private long revision = 1;
    private long compacted;
    private long nextGrant = 7000;
    private long clusterId = 42;
    private long nextExpiryNanos = Long.MAX_VALUE;

    public MemoryStore(ControlLoop loop) {
        this.loop = loop;
    }

    // As an operator

    /** Writes any key with any value, with no etcd lease. */
    public void put(String path, String value) {
        write(path, value, 0);
    }

    public void putConfig(String json) {
        put(RegistryEntry.CONFIG, json);
    }

    /** Writes any value into a subnet's key. */
    public void putLease(String subnet, String value) {
        put(RegistryEntry.subnetPath(Ipv4Prefix.parse(subnet)), value);
    }

    /** Writes a key that lives as long as an etcd lease granted for it. */
    public void putLease(String subnet, String value, Duration timeToLive) {
        write(RegistryEntry.subnetPath(Ipv4Prefix.parse(subnet)), value, grant(timeToLive));
    }

    public void deleteSubnet(String subnet) {
        delete(RegistryEntry.subnetPath(Ipv4Prefix.parse(subnet)));
    }

    public void delete(String path) {
        deleteAll(List.of(path));
    }

    /** Deletes everything below {@code subnets/}, at one revision. */
    public void deleteAllSubnets() {
        deleteAll(entries.keySet().stream()
                .filter(path -> path.startsWith(RegistryEntry.SUBNETS))
                .toList());
    }

    /** Forgets the history up to now. */
    public void compact() {
        compacted = revision;
    }

    /**
     * Goes back to an older state of the store, as a restored backup does: watches hear nothing of it. etcd leases come
     * back as they were, with their whole time to live.
     */
    public void restore(RegistrySnapshot backup) {
        entries.clear();
        grants.clear();
        backup.entries().forEach(entry -> entries.put(entry.path(), entry));
        entries.values().forEach(this::restoreGrant);
        revision = backup.revision();
        compacted = Math.min(compacted, revision);
        history.removeIf(event -> event.modRevision() > revision);
        snapshot = Optional.empty();
    }

    private void restoreGrant(RegistryEntry entry) {
        if (entry.etcdLeaseId() != 0) {
            Duration timeToLive = granted.get(entry.etcdLeaseId());
            grants.computeIfAbsent(entry.etcdLeaseId(), id -> new Grant(timeToLive, expiry(timeToLive)))
                    .paths
                    .add(entry.path());
        }
    }

    /** Another, empty cluster answers from now on: watches hear nothing of it. */
    public void replaceByAnEmptyCluster() {
        clusterId++;
        restore(new RegistrySnapshot(1, clusterId, List.of()));
        history.clear();
        compacted = 0;
    }

    // What clients ask for

    public RegistrySnapshot snapshot() {
        expire();
        if (snapshot.isEmpty()) {
            snapshot = Optional.of(new RegistrySnapshot(revision, clusterId, List.copyOf(entries.values())));
        }
        return snapshot.get();
    }

    Head head() {
        expire();
        return new Head(revision, clusterId, entries.size());
    }

    public Optional<RegistryEntry> get(Ipv4Prefix subnet) {
        expire();
        return Optional.ofNullable(entries.get(RegistryEntry.subnetPath(subnet)));
    }

    long grant(Duration timeToLive) {
        long id = nextGrant++;
        granted.put(id, timeToLive);
        grants.put(id, new Grant(timeToLive, expiry(timeToLive)));
        return id;
    }

    CreateResult create(Ipv4Prefix subnet, LeaseAttributes attributes, long etcdLeaseId) {
        expire();
        String path = RegistryEntry.subnetPath(subnet);
        if (entries.containsKey(path)) {
            return new CreateResult.Taken(snapshot());
        }
        requireGrant(etcdLeaseId);
        write(path, attributes.toJson(), etcdLeaseId);
        return new CreateResult.Created(revision);
    }

    boolean update(Ipv4Prefix subnet, LeaseAttributes attributes, long expectedModRevision, long etcdLeaseId) {
        expire();
        String path = RegistryEntry.subnetPath(subnet);
        boolean asExpected = isAsExpected(path, expectedModRevision);
        if (asExpected) {
            requireGrant(etcdLeaseId);
            write(path, attributes.toJson(), etcdLeaseId);
        }
        return asExpected;
    }

    boolean delete(Ipv4Prefix subnet, long expectedModRevision) {
        expire();
        String path = RegistryEntry.subnetPath(subnet);
        boolean asExpected = isAsExpected(path, expectedModRevision);
        if (asExpected) {
            delete(path);
        }
        return asExpected;
    }

    private boolean isAsExpected(String path, long expectedModRevision) {
        RegistryEntry entry = entries.get(path);
        return entry != null && entry.modRevision() == expectedModRevision;
    }

    Optional<Duration> renew(long etcdLeaseId) {
        expire();
        Grant grant = grants.get(etcdLeaseId);
        if (grant == null) {
            return Optional.empty();
        }
        grant.expiryNanos = expiry(grant.timeToLive);
        return Optional.of(grant.timeToLive);
    }

    /** Ends an etcd lease, and the keys that it keeps alive. */
    public void revoke(long etcdLeaseId) {
        Grant grant = grants.remove(etcdLeaseId);
        if (grant != null) {
            deleteAll(List.copyOf(grant.paths));
        }
    }

    // What tests look at

    /** How many etcd leases are alive. */
    public int grantCount() {
        expire();
        return grants.size();
    }

    /** The keys that an etcd lease keeps alive. */
    public List<RegistryEntry> keptAliveBy(long etcdLeaseId) {
        Grant grant = grants.get(etcdLeaseId);
        return grant == null
                ? List.of()
                : grant.paths.stream().map(entries::get).toList();
    }

    /** All changes since the store began, but for those of a history that a backup undid. */
    public List<RegistryEvent> history() {
        return List.copyOf(history);
    }

    long revision() {
        return revision;
    }

    long compactedRevision() {
        return compacted;
    }

    List<RegistryEvent> eventsFrom(long fromRevision) {
        int start = history.size();
        while (start > 0 && history.get(start - 1).modRevision() >= fromRevision) {
            start--;
        }
        return List.copyOf(history.subList(start, history.size()));
    }

    void onChange(Runnable listener) {
        onChange.add(listener);
    }

    void removeOnChange(Runnable listener) {
        onChange.remove(listener);
    }

    private void write(String path, String value, long etcdLeaseId) {
        revision++;
        RegistryEntry old = entries.get(path);
        long created = old == null ? revision : old.createRevision();
        RegistryEntry entry = new RegistryEntry(path, value, etcdLeaseId, created, revision);
        entries.put(path, entry);
        detach(old);
        if (etcdLeaseId != 0) {
            grants.get(etcdLeaseId).paths.add(path);
        }
        record(List.of(new RegistryEvent.Put(entry)));
    }

    private void deleteAll(Collection<String> paths) {
        List<RegistryEvent> events = new ArrayList<>();
        for (String path : paths) {
            RegistryEntry old = entries.remove(path);
            if (old != null) {
                detach(old);
                events.add(new RegistryEvent.Delete(path, revision + 1));
            }
        }
        if (!events.isEmpty()) {
            revision++;
            record(events);
        }
    }

    private void detach(RegistryEntry old) {
        Grant grant = old == null ? null : grants.get(old.etcdLeaseId());
        if (grant != null) {
            grant.paths.remove(old.path());
        }
    }

    private void record(List<RegistryEvent> events) {
        snapshot = Optional.empty();
        history.addAll(events);
        List.copyOf(onChange).forEach(Runnable::run);
    }

    private void requireGrant(long etcdLeaseId) {
        if (etcdLeaseId != 0 && !grants.containsKey(etcdLeaseId)) {
            throw new RegistryException(Kind.REFUSED, "etcd does not know the lease", null);
        }
    }

    private long expiry(Duration timeToLive) {
        long at = loop.nanoTime() + timeToLive.toNanos();
        if (at < nextExpiryNanos) {
            nextExpiryNanos = at;
            loop.schedule(timeToLive, this::expire);
        }
        return at;
    }

    private void expire() {
        long now = loop.nanoTime();
        if (now < nextExpiryNanos) {
            return;
        }
        nextExpiryNanos = Long.MAX_VALUE;
        List<Long> over = new ArrayList<>();
        grants.forEach((id, grant) -> {
            if (grant.expiryNanos <= now) {
                over.add(id);
            } else {
                nextExpiryNanos = Math.min(nextExpiryNanos, grant.expiryNanos);
            }
        });
        if (nextExpiryNanos != Long.MAX_VALUE) {
            loop.schedule(Duration.ofNanos(nextExpiryNanos - now), this::expire);
        }
        over.stream().sorted().forEach(this::revoke);
    }

    private static final class Grant {
        final Duration timeToLive;
        // etcd deletes them in this order.
        final TreeSet<String> paths = new TreeSet<>();
        long expiryNanos;

        Grant(Duration timeToLive, long expiryNanos) {
            this.timeToLive = timeToLive;
            this.expiryNanos = expiryNanos;
        }
    }
}
