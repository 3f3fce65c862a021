package io.rudder.lease.source;

import io.rudder.control.ControlLoop;
import io.rudder.lease.LeaseRegistry;

/**
 * Where an overlay's configuration and leases come from.
 *
 * @see StaticLeases a list in code
 * @see PeersFile a list in a file
 * @see MemoryLeases for tests
 */
@FunctionalInterface
public interface LeaseSource {
    /**
     * Opens the source for one node, which closes what it got.
     *
     * @param loop the node's control loop, for whoever needs timers
     * @throws io.rudder.lease.RegistryException with one line why the source cannot be used
     */
    LeaseRegistry open(ControlLoop loop);
}
