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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What etcd is to Rudder, in memory: revisions, leases that run out by the loop's clock, compaction, and the history
 * that watches read. Clients come in through {@link MemoryRegistry}; a test may also act as an operator.
 */
public final class MemoryStore {
    private final ControlLoop loop;
    private final TreeMap<String, RegistryEntry> entries = new TreeMap<>();
    private final Map<Long, Grant> grants = new HashMap<>();
    private final List<RegistryEvent> history = new ArrayList<>();
    private final List<Runnable> onChange = new ArrayList<>();
    private long revision = 1;
    private long compacted;
    private long nextGrant = 7000;
    private long clusterId = 42;

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

    /** As one transaction: at one revision, and one after the other for watches. */
    private void deleteAll(List<String> paths) {
        List<String> present = paths.stream().filter(entries::containsKey).toList();
        if (!present.isEmpty()) {
            revision++;
            present.forEach(entries::remove);
            record(present.stream()
                    .<RegistryEvent>map(path -> new RegistryEvent.Delete(path, revision))
                    .toList());
        }
    }

    /** Forgets the history up to now. */
    public void compact() {
        compacted = revision;
    }

    /** Goes back to an older state of the store, as a restored backup does: watches hear nothing of it. */
    public void restore(RegistrySnapshot backup) {
        entries.clear();
        backup.entries().forEach(entry -> entries.put(entry.path(), entry));
        revision = backup.revision();
        history.removeIf(event -> event.modRevision() > revision);
        grants.clear();
        entries.values()
                .forEach(entry -> grants.put(entry.etcdLeaseId(), new Grant(loop.nanoTime(), Duration.ofDays(1))));
    }

    // What clients ask for

    public RegistrySnapshot snapshot() {
        expire();
        return new RegistrySnapshot(revision, clusterId, List.copyOf(entries.values()));
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
        grants.put(id, new Grant(loop.nanoTime(), timeToLive));
        loop.schedule(timeToLive, this::expire);
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
        boolean asExpected = entries.containsKey(path) && entries.get(path).modRevision() == expectedModRevision;
        if (asExpected) {
            requireGrant(etcdLeaseId);
            write(path, attributes.toJson(), etcdLeaseId);
        }
        return asExpected;
    }

    boolean delete(Ipv4Prefix subnet, long expectedModRevision) {
        expire();
        String path = RegistryEntry.subnetPath(subnet);
        boolean asExpected = entries.containsKey(path) && entries.get(path).modRevision() == expectedModRevision;
        if (asExpected) {
            delete(path);
        }
        return asExpected;
    }

    Optional<Duration> renew(long etcdLeaseId) {
        expire();
        Grant grant = grants.get(etcdLeaseId);
        if (grant == null) {
            return Optional.empty();
        }
        grants.put(etcdLeaseId, new Grant(loop.nanoTime(), grant.timeToLive));
        loop.schedule(grant.timeToLive, this::expire);
        return Optional.of(grant.timeToLive);
    }

    /** Ends an etcd lease, and the keys that it keeps alive. */
    public void revoke(long etcdLeaseId) {
        grants.remove(etcdLeaseId);
        List<String> orphans = entries.values().stream()
                .filter(entry -> entry.etcdLeaseId() != 0 && entry.etcdLeaseId() == etcdLeaseId)
                .map(RegistryEntry::path)
                .toList();
        deleteAll(orphans);
    }

    // What tests look at

    /** How many etcd leases are alive. */
    public int grantCount() {
        expire();
        return grants.size();
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
        record(List.of(new RegistryEvent.Put(entry)));
    }

    private void record(List<RegistryEvent> ofOneRevision) {
        history.addAll(ofOneRevision);
        List.copyOf(onChange).forEach(Runnable::run);
    }

    private void requireGrant(long etcdLeaseId) {
        if (etcdLeaseId != 0 && !grants.containsKey(etcdLeaseId)) {
            throw new RegistryException(Kind.REFUSED, "etcd does not know the lease", null);
        }
    }

    private void expire() {
        List<Long> over = grants.entrySet().stream()
                .filter(grant -> grant.getValue().isOver(loop.nanoTime()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        over.forEach(this::revoke);
    }

    private record Grant(long sinceNanos, Duration timeToLive) {
        boolean isOver(long nowNanos) {
            return nowNanos - sinceNanos >= timeToLive.toNanos();
        }
    }
}
