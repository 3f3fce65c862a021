package io.rudder.netty.tunnel;

import io.rudder.netty.tun.TunOffload;

/**
 * Which of the kernel's offloads a data path has been given and still uses.
 *
 * @param tun what the TUN device leaves to the data path
 * @param udpSegmentation whether runs of packets leave as one send (UDP GSO)
 * @param udpCoalescing whether datagrams arrive joined (UDP GRO)
 */
public record OffloadsInUse(TunOffload tun, boolean udpSegmentation, boolean udpCoalescing) {
    @Override
    public String toString() {
        String device = switch (tun) {
            case TCP_AND_UDP -> "TSO and USO";
            case TCP -> "TSO";
            case NONE -> "none";
        };
        return "device " + device + ", UDP GSO " + (udpSegmentation ? "on" : "off") + ", UDP GRO "
                + (udpCoalescing ? "on" : "off");
    }
}
