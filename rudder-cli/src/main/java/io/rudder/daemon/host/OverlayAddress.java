package io.rudder.daemon.host;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;

/**
 * What the TUN device is given.
 *
 * @param network all addresses of the overlay, routed to the device
 * @param subnet this host's part of them; its first address is the device's own
 * @param mtuBytes the largest inner packet
 */
public record OverlayAddress(Ipv4Prefix network, Ipv4Prefix subnet, int mtuBytes) {
    /** IPv4 header and UDP header, which each inner packet gets in front. */
    public static final int OVERHEAD_BYTES = 20 + 8;

    /** The device's own address. A /32, so that the subnet's first address is no broadcast address. */
    String device() {
        return Ipv4.format(subnet.first());
    }
}
