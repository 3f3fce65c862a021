package io.rudder.cli.command;

import io.rudder.status.NodeStatus;
import io.rudder.status.PathQuality;
import io.rudder.status.PeerStatus;
import io.rudder.status.Throughput;
import io.rudder.status.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What changed between two statuses, the busiest peers first. */
final class TopView {
    private final Ink ink;

    TopView(Ink ink) {
        this.ink = ink;
    }

    List<String> lines(NodeStatus earlier, NodeStatus now) {
        double seconds = Duration.between(earlier.takenAt(), now.takenAt()).toMillis() / 1e3;
        Throughput all = Throughput.between(earlier.traffic(), now.traffic(), seconds);
        List<String> lines = new ArrayList<>();
        lines.add(ink.strong(now.node().hostname()) + "  "
                + now.lease().subnet().orElse("no subnet") + "  "
                + now.node().notReadyReason().map(ink::bad).orElse(ink.good("ready")) + "  up "
                + Units.duration(now.node().uptimeSeconds()) + "  etcd "
                + (now.etcd().reachable() ? ink.good("in touch") : ink.bad("not in touch")));
        lines.add("sent " + rate(all.sentBytesPerSecond(), all.sentPacketsPerSecond()) + "  received "
                + rate(all.receivedBytesPerSecond(), all.receivedPacketsPerSecond()) + "  drops "
                + drops(all.dropsPerSecond()));
        lines.add("");
        lines.addAll(peers(earlier, now, seconds));
        return lines;
    }

    private static String rate(double bytes, double packets) {
        return Units.bitsPerSecond(bytes) + " (" + Units.perSecond(packets) + ")";
    }

    private String drops(double perSecond) {
        return perSecond > 0 ? ink.bad(Units.perSecond(perSecond)) : "0/s";
    }

    private List<String> peers(NodeStatus earlier, NodeStatus now, double seconds) {
        Map<String, Traffic> before =
                earlier.peers().stream().collect(Collectors.toMap(PeerStatus::subnet, PeerStatus::traffic));
        Function<PeerStatus, Throughput> throughput =
                peer -> Throughput.between(before.getOrDefault(peer.subnet(), peer.traffic()), peer.traffic(), seconds);
        Table table = new Table(
                ink,
                "SUBNET",
                "ENDPOINT",
                ">SENT",
                ">PACKETS",
                ">RECEIVED",
                ">PACKETS",
                ">DROPS",
                ">ROUND TRIP",
                ">LOSS");
        Comparator<PeerStatus> busiest = Comparator.comparingDouble(peer -> -busyness(throughput.apply(peer)));
        now.peers().stream().sorted(busiest).forEach(peer -> add(table, peer, throughput.apply(peer)));
        return table.lines();
    }

    private static double busyness(Throughput throughput) {
        return throughput.sentBytesPerSecond() + throughput.receivedBytesPerSecond();
    }

    private void add(Table table, PeerStatus peer, Throughput rate) {
        table.row(
                peer.subnet(),
                peer.endpoint(),
                Units.bitsPerSecond(rate.sentBytesPerSecond()),
                Units.perSecond(rate.sentPacketsPerSecond()),
                Units.bitsPerSecond(rate.receivedBytesPerSecond()),
                Units.perSecond(rate.receivedPacketsPerSecond()),
                drops(rate.dropsPerSecond()),
                peer.quality()
                        .map(PathQuality::roundTripMillis)
                        .map(Units::millis)
                        .orElse("-"),
                peer.quality().map(PathQuality::lossRatio).map(Units::percent).orElse("-"));
    }
}
