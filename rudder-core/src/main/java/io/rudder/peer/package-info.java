/**
 * The other hosts: {@link io.rudder.peer.PeerCache} turns the registry's entries into peers,
 * {@link io.rudder.peer.RouteTable} answers the data path.
 */
package io.rudder.peer;
