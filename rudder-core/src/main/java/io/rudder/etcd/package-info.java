/**
 * The registry of leases in etcd (v3 API), on jetcd. Nothing outside this package knows jetcd, so that another client
 * can take its place.
 *
 * <p>One thread of its own starts the calls and owns the connections; jetcd's own recovery is switched off: a failed
 * call fails, a broken watch ends, and the owner of the registry decides what comes next.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.etcd;
