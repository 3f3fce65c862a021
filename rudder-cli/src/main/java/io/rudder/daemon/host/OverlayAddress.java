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
    // IPv4 header and UDP header, which each inner packet gets in front.
    private static final int OVERHEAD_BYTES = 20 + 8;
    // The length field of an IPv4 packet has 16 bits (RFC 791); the loopback interface takes one byte more.
    private static final int MAX_PACKET_BYTES = 65535;

    /** The largest inner packet, given the largest packet of the interface to the other hosts. */
    public static int mtuBytesInside(int underlayMtuBytes) {
        return Math.min(underlayMtuBytes, MAX_PACKET_BYTES) - OVERHEAD_BYTES;
    }

    /** The device's own address. A /32, so that the subnet's first address is no broadcast address. */
    String device() {
        return Ipv4.format(subnet.first());
    }
}
