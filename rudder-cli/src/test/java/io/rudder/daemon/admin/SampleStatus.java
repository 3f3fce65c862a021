package io.rudder.daemon.admin;

import io.rudder.status.Counter;
import io.rudder.status.DataPathStatus;
import io.rudder.status.EtcdStatus;
import io.rudder.status.LeaseStatus;
import io.rudder.status.NetworkStatus;
import io.rudder.status.NodeEvent;
import io.rudder.status.NodeInfo;
import io.rudder.status.NodeStatus;
import io.rudder.status.OffloadStatus;
import io.rudder.status.PathQuality;
import io.rudder.status.PeerStatus;
import io.rudder.status.Throughput;
import io.rudder.status.Traffic;
import io.rudder.status.UnderlayStatus;
import io.rudder.status.WatchStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a node of a small cluster tells after some seconds: one peer of each kind. */
final class SampleStatus {
    static final String GOOD = "10.5.21.0/24";
    static final String SILENT = "10.5.93.0/24";
    static final String FLANNEL = "10.5.228.0/24";

    private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");

    private SampleStatus() {}

    /** A ready node. */
    static NodeStatus after(double seconds) {
        return after(seconds, Optional.empty());
    }

    /** A node, not ready for a reason if there is one. */
    static NodeStatus after(double seconds, Optional<String> notReady) {
        long bytes = (long) (seconds * 50_000_000);
        Traffic traffic = new Traffic(bytes / 1000, bytes, 5, bytes / 2000, bytes / 2, 7);
        return new NodeStatus(
                NodeStatus.SCHEMA,
                START.plusMillis((long) (seconds * 1000)),
                new NodeInfo("f".repeat(32), "node-a", "1.2.3", START, seconds, notReady.isEmpty(), notReady),
                new UnderlayStatus("eth0", "198.51.100.1", "198.51.100.1", 1500),
                Optional.of(new NetworkStatus("10.5.0.0/16", 24, "10.5.0.0/24", "10.5.255.0/24", "udp", 8285, false)),
                new LeaseStatus(
                        "held",
                        seconds,
                        Optional.of("10.5.176.0/24"),
                        Optional.of("694d8257011f5d1a"),
                        false,
                        OptionalDouble.of(12),
                        OptionalDouble.of(86_000),
                        Optional.empty()),
                new EtcdStatus(
                        List.of("http://198.51.100.5:2379"),
                        "/coreos.com/network",
                        true,
                        42,
                        Optional.of("cdf818194e3a8c32"),
                        Optional.empty()),
                new WatchStatus("watching", OptionalDouble.of(3), OptionalDouble.of(3), 0, 0, 0, false),
                Optional.of(new DataPathStatus(
                        true, "rudder0", 1472, "198.51.100.1:8285", new OffloadStatus("tcp_and_udp", true, true), 1)),
                traffic,
                Throughput.UNKNOWN,
                List.of(
                        peer(GOOD, 2, traffic, Optional.of(new PathQuality(true, 0.5, 0.25, 0, 1.5))),
                        peer(SILENT, 3, Traffic.NONE, Optional.of(new PathQuality(false, 2, 1, 0.5, 60))),
                        peer(FLANNEL, 4, Traffic.NONE, Optional.empty())),
                counters(traffic),
                List.of(
                        new NodeEvent(START, "info", "interface eth0, address 198.51.100.1, MTU 1500"),
                        new NodeEvent(START.plusSeconds(2), "warn", "<script>alert(1)</script> is only text")));
    }

    private static PeerStatus peer(String subnet, int host, Traffic traffic, Optional<PathQuality> quality) {
        return new PeerStatus(
                subnet,
                "198.51.100." + host + ":8285",
                host == 4 ? Optional.empty() : Optional.of("" + host),
                traffic,
                OptionalDouble.of(0.5),
                quality,
                1472);
    }

    private static Map<String, Long> counters(Traffic traffic) {
        Map<String, Long> counters = new LinkedHashMap<>();
        for (Counter counter : Counter.values()) {
            counters.put(counter.id(), 0L);
        }
        counters.put(Counter.ENCAP_PACKETS.id(), traffic.sentPackets());
        counters.put(Counter.ENCAP_BYTES.id(), traffic.sentBytes());
        counters.put(Counter.DECAP_PACKETS.id(), traffic.receivedPackets());
        counters.put(Counter.DECAP_BYTES.id(), traffic.receivedBytes());
        counters.put(Counter.ENCAP_DROP_NO_ROUTE.id(), 5L);
        counters.put(Counter.DECAP_DROP_WRONG_SOURCE.id(), 7L);
        return counters;
    }
}
