package io.rudder.status;

import java.util.List;

/**
 * Device and socket.
 *
 * @param tunName the TUN device
 * @param mtuBytes the largest inner packet
 * @param localAddress where datagrams are received and sent from, address:port
 * @param offloads what the kernel does for the data path
 * @param queues the loops that carry packets
 */
public record DataPathStatus(
        String tunName, int mtuBytes, String localAddress, OffloadStatus offloads, List<QueueStatus> queues) {
    public DataPathStatus {
        queues = List.copyOf(queues);
    }
}
