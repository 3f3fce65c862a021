package io.rudder.status;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One node at one moment, as commands, {@code /status}, metrics and the page show it. {@link StatusJson} is its JSON
 * form: members have the names of the components, which end in their unit.
 *
 * @param schema the version of the JSON form, {@link #SCHEMA}; it grows when a member changes its meaning or goes
 * @param takenAt when the status was taken, by the host's clock
 * @param node the daemon
 * @param underlay how the other hosts are reached
 * @param network the overlay's configuration; empty until it is read
 * @param lease the own lease; its state tells whether there is one
 * @param etcd the store of configuration and leases
 * @param watch how the peers are followed
 * @param dataPath device and socket; empty until they are open, and with a backend that carries no packets
 * @param traffic all packets and bytes so far
 * @param throughput packets and bytes a second of late
 * @param peers the other nodes, in the order of their subnets
 * @param counters what {@link Counter} lists, by its {@link Counter#id()}
 * @param events what happened of late, the oldest first
 */
public record NodeStatus(
        int schema,
        Instant takenAt,
        NodeInfo node,
        UnderlayStatus underlay,
        Optional<NetworkStatus> network,
        LeaseStatus lease,
        EtcdStatus etcd,
        WatchStatus watch,
        Optional<DataPathStatus> dataPath,
        Traffic traffic,
        Throughput throughput,
        List<PeerStatus> peers,
        Map<String, Long> counters,
        List<NodeEvent> events) {
    /** The version of the JSON form that this code writes. */
    public static final int SCHEMA = 1;

    public NodeStatus {
        peers = List.copyOf(peers);
        // Keeps the order of the catalogue.
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
        events = List.copyOf(events);
    }
}
