package io.rudder.lease.source;

import io.rudder.lease.LeaseRegistry.Head;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.lease.RegistryWatch;
import io.rudder.lease.RegistryWatch.CompactedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Entries with revisions and watches, in memory, as etcd would have them. Safe on any thread: watches are told under the
 * lock, which keeps their events in order, and only hand over.
 */
final class LeaseStore {
    private static final long CLUSTER_ID = 1;
    private static final int HISTORY_LENGTH = 1000;

    private final Map<String, RegistryEntry> entries = new TreeMap<>();
    private final Deque<RegistryEvent> history = new ArrayDeque<>();
    private final Set<StoreWatch> watches = new HashSet<>();
    private long revision = 1;
    private long forgottenRevision;

    synchronized RegistrySnapshot snapshot() {
        return new RegistrySnapshot(revision, CLUSTER_ID, List.copyOf(entries.values()));
    }

    synchronized Head head() {
        return new Head(revision, CLUSTER_ID, entries.size());
    }

    synchronized Optional<RegistryEntry> get(String path) {
        return Optional.ofNullable(entries.get(path));
    }

    synchronized RegistryEntry put(String path, String value, long etcdLeaseId) {
        revision++;
        RegistryEntry old = entries.get(path);
        long created = old == null ? revision : old.createRevision();
        RegistryEntry entry = new RegistryEntry(path, value, etcdLeaseId, created, revision);
        entries.put(path, entry);
        record(new RegistryEvent.Put(entry));
        return entry;
    }

    synchronized void delete(String path) {
        if (entries.remove(path) != null) {
            revision++;
            record(new RegistryEvent.Delete(path, revision));
        }
    }

    /** Makes these the entries; those that stay the same keep their revisions. */
    synchronized void replaceAll(Map<String, String> values) {
        Set<String> gone = new HashSet<>(entries.keySet());
        gone.removeAll(values.keySet());
        gone.forEach(this::delete);
        values.forEach((path, value) -> {
            if (get(path).filter(entry -> entry.value().equals(value)).isEmpty()) {
                put(path, value, 0);
            }
        });
    }

    private void record(RegistryEvent event) {
        history.add(event);
        if (history.size() > HISTORY_LENGTH) {
            forgottenRevision = history.remove().modRevision();
        }
        watches.forEach(watch -> watch.listener.onEvents(List.of(event)));
    }

    synchronized RegistryWatch watch(long fromRevision, RegistryWatch.Listener listener) {
        StoreWatch watch = new StoreWatch(listener);
        if (fromRevision <= forgottenRevision) {
            listener.onEnd(new CompactedException(forgottenRevision));
            return watch;
        }
        watches.add(watch);
        listener.onCreated(revision);
        List<RegistryEvent> missed = new ArrayList<>(history);
        missed.removeIf(event -> event.modRevision() < fromRevision);
        if (!missed.isEmpty()) {
            listener.onEvents(missed);
        }
        return watch;
    }

    private synchronized void end(StoreWatch watch) {
        watches.remove(watch);
    }

    private synchronized void progress(StoreWatch watch) {
        if (watches.contains(watch)) {
            watch.listener.onProgress();
        }
    }

    private final class StoreWatch implements RegistryWatch {
        private final Listener listener;

        StoreWatch(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void requestProgress() {
            progress(this);
        }

        @Override
        public void close() {
            end(this);
        }
    }
}
