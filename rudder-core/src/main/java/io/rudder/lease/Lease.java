package io.rudder.lease;

import io.rudder.net.Ipv4Prefix;
import java.util.Optional;

/**
 * A subnet and the host that owns it, as one revision of the registry has it.
 *
 * @param subnet what is owned
 * @param attributes who owns it
 * @param etcdLeaseId the etcd lease that keeps the key alive; 0 for a reservation, which never expires
 * @param createRevision the revision that created the key; tells which of two overlapping leases is older
 * @param modRevision the revision that last wrote the key
 */
public record Lease(
        Ipv4Prefix subnet, LeaseAttributes attributes, long etcdLeaseId, long createRevision, long modRevision) {

    /**
     * Reads a registry entry below {@code subnets/}.
     *
     * @throws IllegalArgumentException saying why the entry is not a lease
     */
    public static Lease of(RegistryEntry entry) {
        String element = entry.subnetElement()
                .orElseThrow(() -> new IllegalArgumentException("not below " + RegistryEntry.SUBNETS));
        Ipv4Prefix subnet = LeaseKey.parse(element)
                .orElseThrow(() -> new IllegalArgumentException("key is not of the form a.b.c.d-len"));
        LeaseAttributes attributes = LeaseAttributes.parse(entry.value());
        return new Lease(subnet, attributes, entry.etcdLeaseId(), entry.createRevision(), entry.modRevision());
    }

    /** Reads a registry entry; empty if it is no lease. */
    static Optional<Lease> find(RegistryEntry entry) {
        try {
            return Optional.of(of(entry));
        } catch (IllegalArgumentException notALease) {
            return Optional.empty();
        }
    }

    /** Whether an operator made it by hand: it has no time to live. */
    public boolean isReservation() {
        return etcdLeaseId == 0;
    }

    /** Whether the given host owns it: by its node id, or by its address where the lease names no node. */
    public boolean isOwnedBy(String nodeId, int publicIp) {
        return attributes.nodeId().map(nodeId::equals).orElse(attributes.publicIp() == publicIp);
    }
}
