package io.rudder.peer;

import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistrySnapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which keys the registry has, and at which revisions, as far as was heard of it. Owned by the control loop. */
final class RegistryMirror {
    private final Map<String, Long> modRevisions = new HashMap<>();

    void replaceAll(RegistrySnapshot snapshot) {
        modRevisions.clear();
        for (RegistryEntry entry : snapshot.entries()) {
            modRevisions.put(entry.path(), entry.modRevision());
        }
    }

    void apply(RegistryEvent event) {
        if (event instanceof RegistryEvent.Put) {
            modRevisions.put(event.path(), event.modRevision());
        } else {
            modRevisions.remove(event.path());
        }
    }

    int size() {
        return modRevisions.size();
    }

    /** Whether a list of some time ago has what was not heard of since: a newer value, or a deletion. */
    boolean lagsBehind(RegistrySnapshot snapshot) {
        Set<String> listed = new HashSet<>();
        for (RegistryEntry entry : snapshot.entries()) {
            listed.add(entry.path());
            Long heard = modRevisions.get(entry.path());
            // A key that is not known here may have been deleted since; if it was not, the audit counts it.
            if (heard != null && heard < entry.modRevision()) {
                return true;
            }
        }
        return modRevisions.entrySet().stream()
                .anyMatch(known -> known.getValue() <= snapshot.revision() && !listed.contains(known.getKey()));
    }
}
