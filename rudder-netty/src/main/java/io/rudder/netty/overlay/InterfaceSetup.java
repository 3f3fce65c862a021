package io.rudder.netty.overlay;

import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.tun.TunAddress;
import io.rudder.netty.tun.TunInterface;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;

/** Gives the TUN device what makes it carry the overlay. On the control thread. */
final class InterfaceSetup {
    // IPv4 header and UDP header, which each inner packet gets in front.
    private static final int OVERHEAD_BYTES = 20 + 8;
    // The length field of an IPv4 packet has 16 bits (RFC 791); the loopback interface takes one byte more.
    private static final int MAX_PACKET_BYTES = 65535;

    private final TunInterface device;
    private final Ipv4Prefix network;
    private final InetAddress underlay;

    InterfaceSetup(String tunName, Ipv4Prefix network, InetAddress underlay) {
        this.device = new TunInterface(new TunAddress(tunName));
        this.network = network;
        this.underlay = underlay;
    }

    /** Address, MTU, up, and the route to all of the overlay. */
    void configure(Ipv4Prefix subnet) throws IOException {
        move(subnet);
        device.mtu(mtuBytes()).up().route(network).acceptOwnSource();
    }

    /** Another address. A /32, so that the subnet's first address is no broadcast address. */
    void move(Ipv4Prefix subnet) throws IOException {
        device.address(subnet.first(), 32);
    }

    private int mtuBytes() throws IOException {
        // All of 127.0.0.0/8 is the loopback interface's, though it shows one address of it.
        NetworkInterface below = NetworkInterface.getByInetAddress(
                underlay.isLoopbackAddress() ? InetAddress.getByName("127.0.0.1") : underlay);
        if (below == null) {
            throw new IOException("no interface has the address " + underlay.getHostAddress());
        }
        return Math.min(below.getMTU(), MAX_PACKET_BYTES) - OVERHEAD_BYTES;
    }
}
