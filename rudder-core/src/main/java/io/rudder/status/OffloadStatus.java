package io.rudder.status;

/**
 * The kernel's offloads in use.
 *
 * @param tun what the device leaves to the data path: {@code tcp_and_udp}, {@code tcp} or {@code none}
 * @param udpSegmentation whether runs of packets leave as one send (UDP GSO)
 * @param udpCoalescing whether datagrams arrive joined (UDP GRO)
 */
public record OffloadStatus(String tun, boolean udpSegmentation, boolean udpCoalescing) {}
