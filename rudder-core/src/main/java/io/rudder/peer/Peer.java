package io.rudder.peer;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.net.InetSocketAddress;

/**
 * Another host of the overlay.
 *
 * @param subnet the addresses that it answers for
 * @param publicIp where its datagrams come from
 * @param endpoint where datagrams to it go: {@code publicIp} and the overlay's port
 */
public record Peer(Ipv4Prefix subnet, int publicIp, InetSocketAddress endpoint) {

    /** A peer at a port. */
    public static Peer of(Ipv4Prefix subnet, int publicIp, int port) {
        return new Peer(subnet, publicIp, new InetSocketAddress(Ipv4.toInetAddress(publicIp), port));
    }
}
