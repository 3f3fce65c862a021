package io.rudder.lease;

import java.util.List;
import java.util.Optional;

/**
 * All entries of the registry at one revision.
 *
 * @param revision the revision that the entries were read at; a watch goes on from the next one
 * @param clusterId the identity of the etcd cluster that answered
 * @param entries the configuration and whatever is below {@code subnets/}
 */
public record RegistrySnapshot(long revision, long clusterId, List<RegistryEntry> entries) {
    public RegistrySnapshot {
        entries = List.copyOf(entries);
    }

    /** The text of the network configuration, if there is one. */
    public Optional<String> config() {
        return entries.stream()
                .filter(entry -> entry.path().equals(RegistryEntry.CONFIG))
                .map(RegistryEntry::value)
                .findFirst();
    }
}
