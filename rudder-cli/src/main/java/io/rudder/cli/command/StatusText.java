package io.rudder.cli.command;

import io.rudder.status.Counter;
import io.rudder.status.DataPathStatus;
import io.rudder.status.EtcdStatus;
import io.rudder.status.LeaseStatus;
import io.rudder.status.NetworkStatus;
import io.rudder.status.NodeEvent;
import io.rudder.status.NodeInfo;
import io.rudder.status.NodeStatus;
import io.rudder.status.OffloadStatus;
import io.rudder.status.WatchStatus;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A node's status for a person: one line for each matter, what is wrong in colour. */
final class StatusText {
    private static final int EVENTS = 8;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final Ink ink;
    private final List<String> lines = new ArrayList<>();

    StatusText(Ink ink) {
        this.ink = ink;
    }

    List<String> lines(NodeStatus status) {
        node(status.node());
        line("network", network(status.network()));
        line("lease", lease(status.lease()));
        line(
                "underlay",
                status.underlay().interfaceName() + " " + status.underlay().address() + ", MTU "
                        + status.underlay().mtuBytes() + ", peers are told "
                        + status.underlay().publicIp());
        line("device", device(status.dataPath()));
        line("etcd", etcd(status.etcd()));
        line("watch", watch(status.watch()));
        peers(status);
        traffic(status);
        drops(status);
        events(status.events());
        return lines;
    }

    private void line(String name, String text) {
        lines.add(ink.strong(String.format("%-9s", name)) + " " + text);
    }

    private void node(NodeInfo node) {
        line("node", node.hostname() + ", id " + node.id());
        String version = "rudder " + node.version() + ", up " + Units.duration(node.uptimeSeconds());
        line(
                "state",
                node.notReadyReason()
                                .map(reason -> ink.bad("not ready: " + reason))
                                .orElse(ink.good("ready")) + "; " + version);
    }

    private String network(Optional<NetworkStatus> network) {
        if (network.isEmpty()) {
            return ink.warning("not known yet");
        }
        NetworkStatus config = network.get();
        return config.network() + ", subnets of /" + config.subnetLength() + " from " + config.subnetMin() + " to "
                + config.subnetMax() + ", backend " + config.backend() + " port " + config.port()
                + (config.changePending() ? ink.warning("; etcd has another one, for the next start") : "");
    }

    private String lease(LeaseStatus lease) {
        String state = lease.state() + " for " + Units.duration(lease.stateSeconds());
        String text = lease.subnet().map(subnet -> subnet + ", ").orElse("")
                + (lease.state().equals("held") ? ink.good(state) : ink.warning(state));
        if (lease.reservation()) {
            text += ", reserved";
        }
        if (lease.confirmedSecondsAgo().isPresent()) {
            text += ", confirmed " + Units.duration(lease.confirmedSecondsAgo().getAsDouble()) + " ago";
        }
        if (lease.expiresInSeconds().isPresent()) {
            text += ", " + Units.duration(lease.expiresInSeconds().getAsDouble()) + " left";
        }
        return text + lease.problem().map(problem -> "; " + ink.bad(problem)).orElse("");
    }

    private String device(Optional<DataPathStatus> dataPath) {
        if (dataPath.isEmpty()) {
            return ink.warning("none");
        }
        DataPathStatus path = dataPath.get();
        return path.tunName() + (path.open() ? "" : ink.bad(" (closed)")) + ", MTU " + path.mtuBytes() + ", UDP "
                + path.localAddress() + ", " + path.queues() + (path.queues() == 1 ? " queue" : " queues")
                + ", offloads " + offloads(path.offloads());
    }

    private static String offloads(OffloadStatus offloads) {
        List<String> used = new ArrayList<>();
        if (!offloads.tun().equals("none")) {
            used.add(offloads.tun().equals("tcp") ? "TSO" : "TSO, USO");
        }
        if (offloads.udpSegmentation()) {
            used.add("UDP GSO");
        }
        if (offloads.udpCoalescing()) {
            used.add("UDP GRO");
        }
        return used.isEmpty() ? "none" : String.join(", ", used);
    }

    private String etcd(EtcdStatus etcd) {
        if (etcd.endpoints().isEmpty()) {
            return "not used: leases come from a file";
        }
        String touch = etcd.reachable() ? ink.good("in touch") : ink.bad("not in touch");
        String text = touch + ", " + String.join(",", etcd.endpoints()) + " " + etcd.prefix() + ", revision "
                + etcd.revision()
                + etcd.clusterId().map(id -> ", cluster " + id).orElse("");
        return etcd.reachable()
                ? text
                : text + etcd.lastProblem().map(problem -> "; " + problem).orElse("");
    }

    private String watch(WatchStatus watch) {
        String text = watch.watchingSeconds().isPresent()
                ? "for " + Units.duration(watch.watchingSeconds().getAsDouble())
                : ink.warning("none (" + watch.state().replace('_', ' ') + ")");
        if (watch.listedSecondsAgo().isPresent()) {
            text += ", listed " + Units.duration(watch.listedSecondsAgo().getAsDouble()) + " ago";
        }
        text += ", restarted " + watch.restarts() + (watch.restarts() == 1 ? " time" : " times");
        if (watch.heldRemovals() > 0) {
            text += ink.warning(", " + watch.heldRemovals() + " removals held back");
        }
        return text + (watch.stale() ? ink.warning(", peers of an earlier run") : "");
    }

    private void peers(NodeStatus status) {
        long answering = status.peers().stream()
                .filter(peer -> peer.quality().isPresent())
                .count();
        line("peers", status.peers().size() + ", " + answering + " answer probes");
    }

    private void traffic(NodeStatus status) {
        line(
                "sent",
                Units.bytes(status.traffic().sentBytes()) + " in "
                        + Units.count(status.traffic().sentPackets()) + " packets, now "
                        + Units.bitsPerSecond(status.throughput().sentBytesPerSecond()) + ", "
                        + Units.perSecond(status.throughput().sentPacketsPerSecond()));
        line(
                "received",
                Units.bytes(status.traffic().receivedBytes()) + " in "
                        + Units.count(status.traffic().receivedPackets()) + " packets, now "
                        + Units.bitsPerSecond(status.throughput().receivedBytesPerSecond()) + ", "
                        + Units.perSecond(status.throughput().receivedPacketsPerSecond()));
    }

    private void drops(NodeStatus status) {
        List<Counter> dropped = Arrays.stream(Counter.values())
                .filter(Counter::isDrop)
                .filter(counter -> status.counters().getOrDefault(counter.id(), 0L) > 0)
                .toList();
        line("drops", dropped.isEmpty() ? "none" : "");
        Table table = new Table(ink, ">", "", "");
        dropped.forEach(counter -> table.row(
                Long.toString(status.counters().get(counter.id())), ink.warning(counter.id()), counter.description()));
        table.lines().stream().skip(1).map(line -> "  " + line).forEach(lines::add);
    }

    private void events(List<NodeEvent> events) {
        line("events", events.isEmpty() ? "none" : "");
        events.stream()
                .skip(Math.max(0, events.size() - EVENTS))
                .map(event -> "  " + TIME.format(event.at().atZone(ZoneId.systemDefault())) + " " + painted(event))
                .forEach(lines::add);
    }

    private String painted(NodeEvent event) {
        return switch (event.level()) {
            case "warn" -> ink.warning(event.text());
            case "error" -> ink.bad(event.text());
            default -> event.text();
        };
    }
}
