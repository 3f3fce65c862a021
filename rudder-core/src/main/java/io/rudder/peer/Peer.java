package io.rudder.peer;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Another host of the overlay.
 *
 * @param subnet the addresses that it answers for
 * @param publicIp where its datagrams come from
 * @param endpoint where datagrams to it go: {@code publicIp} and the overlay's port
 * @param nodeId the host's identity, which outlives its address; empty for a flannel host. For displays only.
 */
public record Peer(Ipv4Prefix subnet, int publicIp, InetSocketAddress endpoint, Optional<String> nodeId) {

    /** A peer at a port. */
    public static Peer of(Ipv4Prefix subnet, int publicIp, int port) {
        return of(subnet, publicIp, port, Optional.empty());
    }

    /** A peer at a port, with its node id if it has one. */
    public static Peer of(Ipv4Prefix subnet, int publicIp, int port, Optional<String> nodeId) {
        return new Peer(subnet, publicIp, new InetSocketAddress(Ipv4.toInetAddress(publicIp), port), nodeId);
    }
}
