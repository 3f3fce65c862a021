package io.rudder.daemon.admin;

import io.rudder.status.NodeStatus;
import io.rudder.status.PeerStatus;
import io.rudder.status.Throughput;
import io.rudder.status.Traffic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What was carried over the last minutes, as samples at a fixed interval; the oldest ones and peers beyond a bound are
 * left out, so that it does not grow. Belongs to the admin loop.
 */
final class History {
    /** Between two samples. */
    static final int INTERVAL_SECONDS = 5;

    /** Ten minutes of samples. */
    static final int MAX_SAMPLES = 120;

    private static final int MAX_PEERS = 256;
    private static final int MAX_PEERS_SHOWN = 64;
    // Values are sent with three digits after the point.
    private static final double PER_UNIT = 1000;

    private final Deque<Sample> samples = new ArrayDeque<>();
    private double lastUptimeSeconds;
    private Traffic lastTraffic;
    private Map<String, Traffic> lastPeers = Map.of();

    private record Sample(long atMillis, Throughput node, Map<String, PeerSample> peers) {}

    private record PeerSample(Throughput throughput, Double roundTripMillis, Double lossRatio) {
        double bytes() {
            return throughput.sentBytesPerSecond() + throughput.receivedBytesPerSecond();
        }
    }

    /**
     * The history as the page draws it. All series have the length of {@code times}.
     *
     * @param intervalSeconds between two samples
     * @param times of the samples, in milliseconds since 1970
     * @param node the whole node
     * @param peers the busiest peers, by subnet
     */
    record View(int intervalSeconds, List<Long> times, NodeSeries node, Map<String, PeerSeries> peers) {}

    /** Inner bytes and dropped packets a second. */
    record NodeSeries(List<Long> sentBytes, List<Long> receivedBytes, List<Long> drops) {}

    /** Inner bytes a second, round trip and loss; null where nothing is known. */
    record PeerSeries(
            List<Long> sentBytes, List<Long> receivedBytes, List<Double> roundTripMillis, List<Double> lossRatio) {}

    /** Takes a sample. */
    void add(NodeStatus status) {
        double seconds = status.node().uptimeSeconds() - lastUptimeSeconds;
        if (lastTraffic != null) {
            if (samples.size() == MAX_SAMPLES) {
                samples.removeFirst();
            }
            Throughput node = Throughput.between(lastTraffic, status.traffic(), seconds);
            samples.addLast(new Sample(status.takenAt().toEpochMilli(), node, peerSamples(status, seconds)));
        }
        lastUptimeSeconds = status.node().uptimeSeconds();
        lastTraffic = status.traffic();
        lastPeers = new HashMap<>();
        status.peers().forEach(peer -> lastPeers.put(peer.subnet(), peer.traffic()));
    }

    private Map<String, PeerSample> peerSamples(NodeStatus status, double seconds) {
        Map<String, PeerSample> taken = new HashMap<>();
        status.peers().stream().limit(MAX_PEERS).forEach(peer -> taken.put(peer.subnet(), peerSample(peer, seconds)));
        return taken;
    }

    private PeerSample peerSample(PeerStatus peer, double seconds) {
        Traffic before = lastPeers.getOrDefault(peer.subnet(), Traffic.NONE);
        Throughput throughput = Throughput.between(before, peer.traffic(), seconds);
        return new PeerSample(
                throughput,
                peer.quality()
                        .map(quality -> rounded(quality.roundTripMillis()))
                        .orElse(null),
                peer.quality().map(quality -> rounded(quality.lossRatio())).orElse(null));
    }

    private static double rounded(double value) {
        return Math.round(value * PER_UNIT) / PER_UNIT;
    }

    /** All samples, the oldest first. */
    View view() {
        NodeSeries node = new NodeSeries(
                series(sample -> Math.round(sample.node.sentBytesPerSecond())),
                series(sample -> Math.round(sample.node.receivedBytesPerSecond())),
                series(sample -> Math.round(sample.node.dropsPerSecond())));
        Map<String, PeerSeries> peers = new LinkedHashMap<>();
        busiest().forEach(subnet -> peers.put(subnet, peerSeries(subnet)));
        return new View(INTERVAL_SECONDS, series(Sample::atMillis), node, peers);
    }

    private List<String> busiest() {
        if (samples.isEmpty()) {
            return List.of();
        }
        Map<String, Double> bytes = new HashMap<>();
        samples.getLast().peers.keySet().forEach(subnet -> bytes.put(subnet, bytesOf(subnet)));
        return bytes.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .limit(MAX_PEERS_SHOWN)
                .toList();
    }

    private double bytesOf(String subnet) {
        return samples.stream()
                .map(sample -> sample.peers.get(subnet))
                .mapToDouble(peer -> peer == null ? 0 : peer.bytes())
                .sum();
    }

    private PeerSeries peerSeries(String subnet) {
        return new PeerSeries(
                peerSeries(subnet, peer -> Math.round(peer.throughput.sentBytesPerSecond())),
                peerSeries(subnet, peer -> Math.round(peer.throughput.receivedBytesPerSecond())),
                peerSeries(subnet, PeerSample::roundTripMillis),
                peerSeries(subnet, PeerSample::lossRatio));
    }

    private <T> List<T> peerSeries(String subnet, Function<PeerSample, T> value) {
        return series(sample -> {
            PeerSample peer = sample.peers.get(subnet);
            return peer == null ? null : value.apply(peer);
        });
    }

    private <T> List<T> series(Function<Sample, T> value) {
        List<T> values = new ArrayList<>(samples.size());
        samples.forEach(sample -> values.add(value.apply(sample)));
        return values;
    }
}
