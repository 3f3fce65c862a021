package io.rudder.daemon.admin;

import io.rudder.daemon.admin.MetricFamily.Type;
import io.rudder.daemon.admin.MetricFamily.Values;
import io.rudder.status.Counter;
import io.rudder.status.NodeStatus;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Every metric of a node. What {@link Counter} lists is there by itself: packets, bytes and drops as one family each,
 * the others under their own names.
 */
final class MetricCatalogue {
    private static final String SENT = "sent";
    private static final String RECEIVED = "received";
    private static final String ENCAP_DROP = "ENCAP_DROP_";
    private static final String DECAP_DROP = "DECAP_DROP_";
    private static final Set<Counter> TRAFFIC =
            EnumSet.of(Counter.ENCAP_PACKETS, Counter.ENCAP_BYTES, Counter.DECAP_PACKETS, Counter.DECAP_BYTES);

    private MetricCatalogue() {}

    /** The families of a node as a whole. */
    static List<MetricFamily> ofNode() {
        List<MetricFamily> families = new ArrayList<>(List.of(
                family(
                        "rudder_build_info",
                        Type.GAUGE,
                        "Always 1; the version is a label.",
                        "version",
                        (status, out) -> out.add(1, status.node().version())),
                gauge(
                        "rudder_ready",
                        "1 if a lease is held and packets are carried, else 0.",
                        status -> flag(status.node().ready())),
                gauge(
                        "rudder_start_time_seconds",
                        "When the daemon started, in seconds since 1970.",
                        status -> status.node().startedAt().toEpochMilli() / 1000.0),
                family(
                        "rudder_lease_state",
                        Type.GAUGE,
                        "1 for the state that the own lease is in, 0 for the others.",
                        "state",
                        MetricCatalogue::leaseState),
                gauge(
                        "rudder_lease_state_age_seconds",
                        "How long the own lease has been in its state.",
                        status -> status.lease().stateSeconds()),
                optional(
                        "rudder_lease_confirmed_age_seconds",
                        "Since etcd last confirmed the own lease.",
                        status -> status.lease().confirmedSecondsAgo()),
                optional(
                        "rudder_lease_time_to_live_seconds",
                        "What the own lease has left by now.",
                        status -> status.lease().expiresInSeconds()),
                gauge(
                        "rudder_etcd_reachable",
                        "1 if etcd answered when last asked, else 0.",
                        status -> flag(status.etcd().reachable())),
                gauge(
                        "rudder_etcd_revision",
                        "The newest revision of etcd that is known.",
                        status -> status.etcd().revision()),
                gauge(
                        "rudder_watch_open",
                        "1 if a watch for changes of leases is open, else 0.",
                        status -> flag(status.watch().state().equals("watching"))),
                gauge(
                        "rudder_watch_held_removals",
                        "Peers whose removal waits to be confirmed.",
                        status -> status.watch().heldRemovals()),
                gauge(
                        "rudder_config_change_pending",
                        "1 if etcd has another configuration, which applies at the next start, else 0.",
                        status -> flag(status.network()
                                .map(network -> network.changePending())
                                .orElse(false))),
                gauge(
                        "rudder_peers",
                        "Other nodes with a lease.",
                        status -> status.peers().size()),
                gauge(
                        "rudder_peers_answering",
                        "Peers that answered one of their last three probes.",
                        status -> answering(status, true)),
                gauge(
                        "rudder_peers_silent",
                        "Peers that answered probes before and do no more.",
                        status -> answering(status, false)),
                traffic("rudder_packets_total", "Inner packets carried.", Counter.ENCAP_PACKETS, Counter.DECAP_PACKETS),
                traffic(
                        "rudder_bytes_total",
                        "Bytes of inner packets carried.",
                        Counter.ENCAP_BYTES,
                        Counter.DECAP_BYTES),
                new MetricFamily(
                        "rudder_dropped_packets_total",
                        Type.COUNTER,
                        List.of("direction", "reason"),
                        "Packets thrown away.",
                        MetricCatalogue::drops)));
        for (Counter counter : Counter.values()) {
            if (!counter.isDrop() && !TRAFFIC.contains(counter)) {
                families.add(counterOf(counter));
            }
        }
        return families;
    }

    private static void leaseState(NodeStatus status, Values out) {
        for (String state : List.of("acquiring", "held", "unconfirmed", "lost")) {
            out.add(flag(state.equals(status.lease().state())), state);
        }
    }

    private static double answering(NodeStatus status, boolean wanted) {
        return status.peers().stream()
                .filter(peer -> peer.quality()
                        .filter(quality -> quality.answering() == wanted)
                        .isPresent())
                .count();
    }

    private static void drops(NodeStatus status, Values out) {
        for (Counter counter : Counter.values()) {
            if (counter.isDrop()) {
                out.add(count(status, counter), direction(counter), reason(counter));
            }
        }
    }

    /** Which way a dropped packet was going. */
    static String direction(Counter drop) {
        return drop.name().startsWith(ENCAP_DROP) ? SENT : RECEIVED;
    }

    /** The reason as a label has it. */
    static String reason(Counter drop) {
        return drop.name().substring(ENCAP_DROP.length()).toLowerCase(Locale.ROOT);
    }

    private static MetricFamily traffic(String name, String help, Counter sent, Counter received) {
        return family(name, Type.COUNTER, help, "direction", (status, out) -> {
            out.add(count(status, sent), SENT);
            out.add(count(status, received), RECEIVED);
        });
    }

    private static MetricFamily counterOf(Counter counter) {
        return new MetricFamily(
                "rudder_" + counter.id() + "_total",
                Type.COUNTER,
                List.of(),
                sentence(counter.description()),
                (status, out) -> out.add(count(status, counter)));
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    private static double count(NodeStatus status, Counter counter) {
        return status.counters().getOrDefault(counter.id(), 0L);
    }

    private static double flag(boolean value) {
        return value ? 1 : 0;
    }

    private static MetricFamily gauge(String name, String help, ToDoubleFunction<NodeStatus> value) {
        return new MetricFamily(
                name, Type.GAUGE, List.of(), help, (status, out) -> out.add(value.applyAsDouble(status)));
    }

    private static MetricFamily optional(String name, String help, Function<NodeStatus, OptionalDouble> value) {
        return new MetricFamily(
                name,
                Type.GAUGE,
                List.of(),
                help,
                (status, out) -> value.apply(status).ifPresent(out::add));
    }

    private static MetricFamily family(
            String name, Type type, String help, String label, BiConsumer<NodeStatus, Values> values) {
        return new MetricFamily(name, type, List.of(label), help, values);
    }
}
