/**
 * The other hosts: {@link io.rudder.peer.PeerCache} turns the registry's entries into peers,
 * {@link io.rudder.peer.RouteTable} answers the data path.
 *
 * <p>Nothing is null here, neither what is given nor what is returned, unless it says so.
 *
 * @since 0.1.0
 */
package io.rudder.peer;
