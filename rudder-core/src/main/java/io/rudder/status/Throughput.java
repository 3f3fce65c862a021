package io.rudder.status;

/**
 * What was carried a second, as a mean over a while.
 *
 * @param overSeconds the length of that while; 0 if nothing is known yet
 * @param sentPacketsPerSecond inner packets given to the network
 * @param sentBytesPerSecond their bytes
 * @param receivedPacketsPerSecond inner packets given to the host
 * @param receivedBytesPerSecond their bytes
 * @param dropsPerSecond packets dropped, both ways
 */
public record Throughput(
        double overSeconds,
        double sentPacketsPerSecond,
        double sentBytesPerSecond,
        double receivedPacketsPerSecond,
        double receivedBytesPerSecond,
        double dropsPerSecond) {
    /** Nothing is known yet. */
    public static final Throughput UNKNOWN = new Throughput(0, 0, 0, 0, 0, 0);

    /** The mean between two moments; unknown if no time has passed between them. */
    public static Throughput between(Traffic earlier, Traffic later, double seconds) {
        if (seconds <= 0) {
            return UNKNOWN;
        }
        long drops = later.sentDrops() - earlier.sentDrops() + later.receivedDrops() - earlier.receivedDrops();
        return new Throughput(
                seconds,
                (later.sentPackets() - earlier.sentPackets()) / seconds,
                (later.sentBytes() - earlier.sentBytes()) / seconds,
                (later.receivedPackets() - earlier.receivedPackets()) / seconds,
                (later.receivedBytes() - earlier.receivedBytes()) / seconds,
                drops / seconds);
    }
}
