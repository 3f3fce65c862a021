package io.rudder.lease;

/**
 * What the parts of a {@link LeaseKeeper} work with.
 *
 * @param context registry, loop, chance, counters
 * @param freed which subnets are handed out last
 * @param returns where etcd leases go that are of no use any more
 * @param standing which lease there is
 */
record LeaseTools(ControlContext context, FreedSubnets freed, EtcdLeaseReturns returns, LeaseStanding standing) {}
