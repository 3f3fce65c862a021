/**
 * Leases: which host owns which subnet. {@link io.rudder.lease.LeaseRegistry} is the store's verbs,
 * {@link io.rudder.lease.SubnetAllocator} the choice of a subnet, {@link io.rudder.lease.LeaseKeeper} the life of the
 * own lease, from acquiring it to losing it.
 */
package io.rudder.lease;
