package io.rudder.cli.command;

import io.rudder.daemon.DaemonSettings;
import io.rudder.lease.LeaseRegistry;
import io.rudder.netty.tunnel.Tunnel;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.ParseResult;

/** A daemon that is nothing but a status. */
final class TestNode implements NodeContext {
    static final String NODE_ID = "1f".repeat(16);

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final int KIB = 1024;

    @Override
    public boolean isDaemon() {
        return true;
    }

    @Override
    public NodeStatus status() {
        return new NodeStatus(
                NodeStatus.SCHEMA,
                NOW,
                new NodeInfo(NODE_ID, "host-a", "0.1.0", NOW, 11520, true, Optional.empty()),
                new UnderlayStatus("eth0", "203.0.113.1", "203.0.113.1", 1500),
                Optional.of(new NetworkStatus("10.5.0.0/16", 24, "10.5.0.0/24", "10.5.255.0/24", "udp", 8285, false)),
                new LeaseStatus(
                        "held",
                        10800,
                        Optional.of("10.5.34.0/24"),
                        Optional.of("7d7ba223935ced0a"),
                        false,
                        OptionalDouble.of(720),
                        OptionalDouble.of(85680),
                        Optional.empty()),
                new EtcdStatus(
                        List.of("http://203.0.113.1:2379"),
                        "/coreos.com/network",
                        true,
                        17,
                        Optional.of("a7ef944b95711739"),
                        Optional.empty()),
                new WatchStatus("watching", OptionalDouble.of(10800), OptionalDouble.of(720), 0, 0, 0, false),
                Optional.of(new DataPathStatus(
                        true, "rudder0", 1472, "203.0.113.1:8285", new OffloadStatus("tcp_and_udp", true, true), 1)),
                new Traffic(2000, KIB * KIB, 3, 20000, 24L * KIB * KIB, 0),
                new Throughput(5, 1000, 1e6, 0, 0, 0),
                List.of(
                        peer(
                                2,
                                Optional.of("2f".repeat(16)),
                                new Traffic(10, 12 * KIB, 1, 20000, 24L * KIB * KIB, 0),
                                OptionalDouble.of(0.3),
                                Optional.of(new PathQuality(true, 1.5, 1.25, 0.5, 2))),
                        peer(3, Optional.empty(), Traffic.NONE, OptionalDouble.empty(), Optional.empty())),
                Map.of("encap_drop_no_route", 3L),
                List.of(new NodeEvent(NOW, "info", "ready")));
    }

    private static PeerStatus peer(
            int number, Optional<String> nodeId, Traffic traffic, OptionalDouble seen, Optional<PathQuality> quality) {
        return new PeerStatus(
                "10.5." + number + ".0/24", "203.0.113." + number + ":8285", nodeId, traffic, seen, quality, 1472);
    }

    @Override
    public Tunnel tunnel() throws CommandException {
        throw new CommandException("no tunnel here");
    }

    @Override
    public DaemonSettings settings(ParseResult options) throws CommandException {
        throw new CommandException("no settings here");
    }

    @Override
    public LeaseRegistry registry(ParseResult options) throws CommandException {
        throw new CommandException("no registry here");
    }
}
