package io.rudder.status;

/**
 * What was carried since the daemon started. Packets are inner packets, bytes those of inner packets.
 *
 * @param sentPackets given to the network
 * @param sentBytes their bytes
 * @param sentDrops from the host, not sent
 * @param receivedPackets given to the host
 * @param receivedBytes their bytes
 * @param receivedDrops from the network, not given to the host
 */
public record Traffic(
        long sentPackets,
        long sentBytes,
        long sentDrops,
        long receivedPackets,
        long receivedBytes,
        long receivedDrops) {
    /** Nothing. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0);

    /** What two writers carried together. */
    public Traffic plus(Traffic other) {
        return new Traffic(
                sentPackets + other.sentPackets,
                sentBytes + other.sentBytes,
                sentDrops + other.sentDrops,
                receivedPackets + other.receivedPackets,
                receivedBytes + other.receivedBytes,
                receivedDrops + other.receivedDrops);
    }
}
