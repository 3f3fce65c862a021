/**
 * Leases: which host owns which subnet. {@link io.rudder.lease.LeaseRegistry} is the store's verbs,
 * {@link io.rudder.lease.SubnetAllocator} the choice of a subnet, {@link io.rudder.lease.LeaseKeeper} the life of the
 * own lease, from acquiring it to losing it.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.lease;
