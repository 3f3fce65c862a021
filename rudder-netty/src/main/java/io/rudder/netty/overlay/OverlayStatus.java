package io.rudder.netty.overlay;

import io.rudder.config.NetworkConfig;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.tunnel.OffloadsInUse;
import io.rudder.peer.Peer;
import io.rudder.status.PeerTraffic;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An overlay at one moment.
 *
 * @param state how far it is
 * @param config the overlay's configuration; empty until the node has joined
 * @param subnet the node's own addresses; empty while it has none
 * @param tunName the device; empty until it is open
 * @param offloads what the kernel does for the node; empty until the device is open
 * @param peers the other nodes, in no particular order
 * @param traffic what was carried to and from each peer, by its subnet; those with which there was nothing may be missing
 */
public record OverlayStatus(
        State state,
        Optional<NetworkConfig> config,
        Optional<Ipv4Prefix> subnet,
        Optional<String> tunName,
        Optional<OffloadsInUse> offloads,
        List<Peer> peers,
        Map<Ipv4Prefix, PeerTraffic> traffic) {
    /** How far an overlay is. */
    public enum State {
        /** Not started yet. */
        NEW,
        /** Waiting for the source of leases, or for a lease. */
        JOINING,
        /** It has a subnet; the device is being opened. */
        JOINED,
        /** Packets are carried. */
        READY,
        /** Closed, or ended by itself. */
        CLOSED
    }

    /** Copies the collections. */
    public OverlayStatus {
        peers = List.copyOf(peers);
        traffic = Map.copyOf(traffic);
    }
}
