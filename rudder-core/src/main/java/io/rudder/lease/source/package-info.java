/**
 * Where configuration and leases come from: a list that somebody wrote, the memory of a test, or etcd.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.lease.source;
