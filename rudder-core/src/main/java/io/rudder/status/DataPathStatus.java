package io.rudder.status;

/**
 * Device and socket.
 *
 * @param open whether packets are carried
 * @param tunName the TUN device
 * @param mtuBytes the largest inner packet
 * @param localAddress where datagrams are received and sent from, address:port
 * @param offloads what the kernel does for the data path
 * @param queues how many loops carry packets
 */
public record DataPathStatus(
        boolean open, String tunName, int mtuBytes, String localAddress, OffloadStatus offloads, int queues) {}
