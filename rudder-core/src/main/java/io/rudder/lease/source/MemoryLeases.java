package io.rudder.lease.source;

import io.rudder.control.ControlLoop;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4Prefix;
import java.util.Optional;

/**
 * A registry in memory, for tests: overlays of one process that share it acquire subnets as they would in etcd. Leases
 * do not run out. Safe on any thread.
 */
public final class MemoryLeases implements LeaseSource {
    private final LeaseStore store = new LeaseStore();

    /**
     * A registry without leases.
     *
     * @param configJson the network configuration, as etcd would have it: {@code {"Network":"10.5.0.0/16"}}
     */
    public MemoryLeases(String configJson) {
        store.put(RegistryEntry.CONFIG, configJson, 0);
    }

    /** Gives a subnet to a host, as an operator's reservation does. */
    public void reserve(Ipv4Prefix subnet, int publicIp) {
        LeaseAttributes attributes = new LeaseAttributes(publicIp, Optional.empty(), Optional.empty());
        store.put(RegistryEntry.subnetPath(subnet), attributes.toJson(), 0);
    }

    /** Takes a subnet from whoever has it. */
    public void delete(Ipv4Prefix subnet) {
        store.delete(RegistryEntry.subnetPath(subnet));
    }

    /** What is there now. */
    public RegistrySnapshot snapshot() {
        return store.snapshot();
    }

    @Override
    public LeaseRegistry open(ControlLoop loop) {
        return new MemoryLeaseRegistry(store);
    }
}
