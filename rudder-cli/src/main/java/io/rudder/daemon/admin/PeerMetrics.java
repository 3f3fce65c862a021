package io.rudder.daemon.admin;

import io.rudder.daemon.admin.MetricFamily.Type;
import io.rudder.daemon.admin.MetricFamily.Values;
import io.rudder.status.NodeStatus;
import io.rudder.status.PathQuality;
import io.rudder.status.PeerStatus;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The metrics that each peer has, which are many where peers are many: labelled by subnet and endpoint. */
final class PeerMetrics {
    private static final List<String> PEER = List.of("peer", "endpoint");
    private static final List<String> PEER_AND_DIRECTION = List.of("peer", "endpoint", "direction");
    private static final double MILLIS_PER_SECOND = 1000;

    private PeerMetrics() {}

    /** The families of single peers. */
    static List<MetricFamily> ofPeers() {
        return List.of(
                both(
                        "rudder_peer_packets_total",
                        "Inner packets carried.",
                        peer -> peer.traffic().sentPackets(),
                        peer -> peer.traffic().receivedPackets()),
                both(
                        "rudder_peer_bytes_total",
                        "Bytes of inner packets carried.",
                        peer -> peer.traffic().sentBytes(),
                        peer -> peer.traffic().receivedBytes()),
                both(
                        "rudder_peer_dropped_packets_total",
                        "Packets thrown away.",
                        peer -> peer.traffic().sentDrops(),
                        peer -> peer.traffic().receivedDrops()),
                gauge(
                        "rudder_peer_last_seen_age_seconds",
                        "Since a packet of the peer was last accepted.",
                        peer -> peer.lastSeenSecondsAgo()),
                gauge(
                        "rudder_peer_path_mtu_bytes",
                        "The largest inner packet that the path to the peer takes.",
                        peer -> OptionalDouble.of(peer.pathMtuBytes())),
                probed(
                        "rudder_peer_answering",
                        "1 if the peer answered one of the last three probes, else 0; absent if it never answered.",
                        quality -> quality.answering() ? 1 : 0),
                probed(
                        "rudder_peer_round_trip_seconds",
                        "The smoothed round trip of probes.",
                        quality -> quality.roundTripMillis() / MILLIS_PER_SECOND),
                probed(
                        "rudder_peer_round_trip_min_seconds",
                        "The shortest round trip of late.",
                        quality -> quality.roundTripMinMillis() / MILLIS_PER_SECOND),
                probed(
                        "rudder_peer_loss_ratio",
                        "The share of late probes without an answer, 0 to 1.",
                        quality -> quality.lossRatio()));
    }

    private static MetricFamily both(
            String name, String help, ToDoubleFunction<PeerStatus> sent, ToDoubleFunction<PeerStatus> received) {
        return new MetricFamily(name, Type.COUNTER, PEER_AND_DIRECTION, help, (status, out) -> {
            for (PeerStatus peer : status.peers()) {
                out.add(sent.applyAsDouble(peer), peer.subnet(), peer.endpoint(), "sent");
                out.add(received.applyAsDouble(peer), peer.subnet(), peer.endpoint(), "received");
            }
        });
    }

    private static MetricFamily probed(String name, String help, ToDoubleFunction<PathQuality> value) {
        return gauge(
                name,
                help,
                peer -> peer.quality()
                        .map(quality -> OptionalDouble.of(value.applyAsDouble(quality)))
                        .orElse(OptionalDouble.empty()));
    }

    private static MetricFamily gauge(String name, String help, Function<PeerStatus, OptionalDouble> value) {
        return new MetricFamily(name, Type.GAUGE, PEER, help, (status, out) -> addAll(status, value, out));
    }

    private static void addAll(NodeStatus status, Function<PeerStatus, OptionalDouble> value, Values out) {
        for (PeerStatus peer : status.peers()) {
            value.apply(peer).ifPresent(number -> out.add(number, peer.subnet(), peer.endpoint()));
        }
    }
}
