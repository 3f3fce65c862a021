package io.rudder.daemon;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.probe.PathMeasurement;
import io.rudder.netty.tunnel.OffloadsInUse;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import io.rudder.status.DataPathStatus;
import io.rudder.status.OffloadStatus;
import io.rudder.status.PeerStatus;
import io.rudder.status.PeerTraffic;
import io.rudder.status.Traffic;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An open data path, in the words of the status. On any thread.
 *
 * @param tunnel device and socket
 * @param counters what was counted since the start, over all tunnels
 * @param mtuBytes the largest inner packet
 */
record DataPathView(Tunnel tunnel, Map<Counter, Long> counters, int mtuBytes) {
    private static final int ENCAPSULATION_BYTES = 28;

    DataPathStatus status() {
        OffloadsInUse offloads = tunnel.offloads();
        InetSocketAddress local = tunnel.localAddress();
        return new DataPathStatus(
                isOpen(),
                tunnel.tunName(),
                mtuBytes,
                local.getAddress().getHostAddress() + ":" + local.getPort(),
                new OffloadStatus(
                        offloads.tun().name().toLowerCase(Locale.ROOT),
                        offloads.udpSegmentation(),
                        offloads.udpCoalescing()),
                tunnel.queues());
    }

    boolean isOpen() {
        return !tunnel.closeFuture().isDone();
    }

    Traffic traffic() {
        return new Traffic(
                counters.get(Counter.ENCAP_PACKETS),
                counters.get(Counter.ENCAP_BYTES),
                drops("ENCAP_DROP_"),
                counters.get(Counter.DECAP_PACKETS),
                counters.get(Counter.DECAP_BYTES),
                drops("DECAP_DROP_"));
    }

    private long drops(String direction) {
        return counters.entrySet().stream()
                .filter(count -> count.getKey().name().startsWith(direction))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** What was carried to and from each peer. */
    Map<Ipv4Prefix, PeerTraffic> peerTraffic() {
        return tunnel.traffic();
    }

    PeerStatus peer(Peer peer, PeerTraffic carried) {
        Optional<PathMeasurement> measured = tunnel.paths().map(paths -> paths.measurement(peer.publicIp()));
        return new PeerStatus(
                peer.subnet().toString(),
                endpoint(peer),
                peer.nodeId(),
                carried.traffic(),
                carried.lastSeenSecondsAgo(),
                measured.flatMap(path -> path.quality(System.nanoTime())),
                measured.map(this::pathMtuBytes).orElse(mtuBytes));
    }

    private int pathMtuBytes(PathMeasurement path) {
        return path.pathMtuBytes() == 0 ? mtuBytes : Math.min(mtuBytes, path.pathMtuBytes() - ENCAPSULATION_BYTES);
    }

    /** A peer while no packets are carried. */
    static PeerStatus idle(Peer peer) {
        return new PeerStatus(
                peer.subnet().toString(),
                endpoint(peer),
                peer.nodeId(),
                Traffic.NONE,
                OptionalDouble.empty(),
                Optional.empty(),
                0);
    }

    private static String endpoint(Peer peer) {
        return Ipv4.format(peer.publicIp()) + ":" + peer.endpoint().getPort();
    }
}
