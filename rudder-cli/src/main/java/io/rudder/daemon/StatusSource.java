package io.rudder.daemon;

import io.rudder.config.Backend;
import io.rudder.net.Ipv4Prefix;
import io.rudder.node.ControlStatus;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.status.NodeInfo;
import io.rudder.status.NodeStatus;
import io.rudder.status.PeerStatus;
import io.rudder.status.PeerTraffic;
import io.rudder.status.Throughput;
import io.rudder.status.Traffic;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * Makes the node's status whenever somebody asks, of what the control plane, the data path and the log tell. On any
 * thread.
 */
public final class StatusSource implements Supplier<NodeStatus> {
    private final NodeFacts facts;
    private final Supplier<ControlStatus> controlPlane;
    private final Supplier<Optional<DataPathView>> dataPath;
    private final List<Counters> others;
    private final RecentEvents events;
    private final ThroughputMeter meter = new ThroughputMeter(this::traffic);

    /**
     * Makes nothing yet; the suppliers may be called on any thread.
     *
     * @param others what is counted besides packets
     */
    StatusSource(
            NodeFacts facts,
            Supplier<ControlStatus> controlPlane,
            Supplier<Optional<DataPathView>> dataPath,
            List<Counters> others,
            RecentEvents events) {
        this.facts = facts;
        this.controlPlane = controlPlane;
        this.dataPath = dataPath;
        this.others = List.copyOf(others);
        this.events = events;
    }

    /** Begins to measure throughput, on a scheduler of one thread. */
    void start(ScheduledExecutorService scheduler) {
        meter.start(scheduler);
    }

    /** The status at this moment. */
    @Override
    public NodeStatus get() {
        Instant now = Instant.now();
        ControlStatus control = controlPlane.get();
        StatusParts parts = new StatusParts(facts, now);
        Optional<DataPathView> path = dataPath.get();
        return new NodeStatus(
                NodeStatus.SCHEMA,
                now,
                nodeInfo(control, path),
                facts.underlay(),
                parts.network(control.config()),
                parts.lease(control.lease()),
                parts.etcd(control.registry()),
                parts.watch(control),
                path.map(DataPathView::status),
                traffic(path),
                throughput(),
                peers(control, path),
                counters(path),
                events.list());
    }

    /** What was carried so far. */
    public Traffic traffic() {
        return traffic(dataPath.get());
    }

    private static Traffic traffic(Optional<DataPathView> path) {
        return path.map(DataPathView::traffic).orElse(Traffic.NONE);
    }

    /** What was carried a second, of late. */
    public Throughput throughput() {
        return meter.current();
    }

    private NodeInfo nodeInfo(ControlStatus control, Optional<DataPathView> path) {
        Optional<String> notReady = notReadyReason(control, path);
        return new NodeInfo(
                facts.nodeId(),
                facts.hostname(),
                facts.version(),
                facts.startedAt(),
                facts.uptimeSeconds(),
                notReady.isEmpty(),
                notReady);
    }

    private Optional<String> notReadyReason(ControlStatus control, Optional<DataPathView> path) {
        if (control.config().running().isEmpty()) {
            return Optional.of(control.registry()
                    .lastError()
                    .orElse("waits for the network configuration at " + facts.configKey()));
        }
        if (control.lease().lease().isEmpty()) {
            return Optional.of(control.lease().problem().orElse("has no lease yet"));
        }
        if (path.isEmpty() && carriesPackets(control)) {
            return Optional.of("the data path is not open yet");
        }
        return path.filter(view -> !view.isOpen()).map(view -> "the data path is being made again");
    }

    private static boolean carriesPackets(ControlStatus control) {
        return control.config()
                .running()
                .filter(config -> config.backend().type() == Backend.Type.UDP)
                .isPresent();
    }

    private List<PeerStatus> peers(ControlStatus control, Optional<DataPathView> view) {
        Map<Ipv4Prefix, PeerTraffic> carried =
                view.map(DataPathView::peerTraffic).orElse(Map.of());
        return control.peers().stream()
                .sorted(Comparator.comparing(Peer::subnet))
                .map(peer -> view.map(path -> path.peer(peer, carried.getOrDefault(peer.subnet(), PeerTraffic.NONE)))
                        .orElseGet(() -> DataPathView.idle(peer)))
                .toList();
    }

    private Map<String, Long> counters(Optional<DataPathView> path) {
        Map<Counter, Long> carried = path.map(DataPathView::counters).orElse(Map.of());
        Map<String, Long> all = new LinkedHashMap<>();
        for (Counter counter : Counter.values()) {
            long elsewhere =
                    others.stream().mapToLong(counts -> counts.get(counter)).sum();
            all.put(counter.id(), carried.getOrDefault(counter, 0L) + elsewhere);
        }
        return all;
    }
}
