package io.rudder.peer;

import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistrySnapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the registry has, as far as was heard of it. Owned by the control loop. */
final class RegistryMirror {
    private final Map<String, RegistryEntry> entries = new HashMap<>();

    void replaceAll(RegistrySnapshot snapshot) {
        entries.clear();
        for (RegistryEntry entry : snapshot.entries()) {
            entries.put(entry.path(), entry);
        }
    }

    void apply(RegistryEvent event) {
        if (event instanceof RegistryEvent.Put put) {
            entries.put(event.path(), put.entry());
        } else {
            entries.remove(event.path());
        }
    }

    int size() {
        return entries.size();
    }

    /**
     * Whether a list of some time ago has what was not heard of since: another value, or a deletion. Whole values count,
     * because a store that was restored from a backup uses revisions again.
     */
    boolean lagsBehind(RegistrySnapshot snapshot) {
        Set<String> listed = new HashSet<>();
        for (RegistryEntry entry : snapshot.entries()) {
            listed.add(entry.path());
            RegistryEntry heard = entries.get(entry.path());
            // A key that is not known here may have been deleted since; if it was not, the audit counts it.
            boolean isOfTheList = heard != null && heard.modRevision() <= snapshot.revision();
            if (isOfTheList && !heard.equals(entry)) {
                return true;
            }
        }
        return entries.values().stream()
                .anyMatch(known -> known.modRevision() <= snapshot.revision() && !listed.contains(known.path()));
    }
}
