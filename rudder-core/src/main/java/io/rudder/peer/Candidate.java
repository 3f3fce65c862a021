package io.rudder.peer;

import io.rudder.lease.Lease;
import io.rudder.lease.RegistryEntry;
import io.rudder.net.Ipv4Prefix;

/**
 * A lease that is valid by itself; another one may overlap it.
 *
 * @param entry what it was read from
 * @param lease what the entry says
 * @param peer what the data path makes of it
 */
record Candidate(RegistryEntry entry, Lease lease, Peer peer) {
    Ipv4Prefix subnet() {
        return lease.subnet();
    }
}
