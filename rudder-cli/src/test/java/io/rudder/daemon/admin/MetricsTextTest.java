package io.rudder.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.status.Counter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetricsTextTest {
    private static String text(boolean perPeer) {
        return new String(new MetricsText(perPeer).write(SampleStatus.after(10)), StandardCharsets.UTF_8);
    }

    @Test
    void exposesTheNode() {
        assertThat(text(false).lines())
                .contains(
                        "# TYPE rudder_packets_total counter",
                        "# HELP rudder_packets_total Inner packets carried.",
                        "rudder_packets_total{direction=\"sent\"} 500000.0",
                        "rudder_bytes_total{direction=\"received\"} 2.5E8",
                        "rudder_dropped_packets_total{direction=\"sent\",reason=\"no_route\"} 5.0",
                        "rudder_dropped_packets_total{direction=\"received\",reason=\"wrong_source\"} 7.0",
                        "rudder_build_info{version=\"1.2.3\"} 1.0",
                        "rudder_lease_state{state=\"held\"} 1.0",
                        "rudder_lease_state{state=\"lost\"} 0.0",
                        "rudder_ready 1.0",
                        "rudder_peers 3.0",
                        "rudder_peers_answering 1.0",
                        "rudder_peers_silent 1.0",
                        "rudder_probe_sent_total 0.0");
    }

    @Test
    void peersHaveSeriesOnlyWhereAskedFor() {
        assertThat(text(false)).doesNotContain("198.51.100.2");
        assertThat(text(true).lines())
                .contains(
                        "rudder_peer_bytes_total{direction=\"sent\",endpoint=\"198.51.100.2:8285\",peer=\"10.5.21.0/24\"} 5.0E8",
                        "rudder_peer_round_trip_seconds{endpoint=\"198.51.100.2:8285\",peer=\"10.5.21.0/24\"} 5.0E-4",
                        "rudder_peer_loss_ratio{endpoint=\"198.51.100.3:8285\",peer=\"10.5.93.0/24\"} 0.5",
                        "rudder_peer_answering{endpoint=\"198.51.100.3:8285\",peer=\"10.5.93.0/24\"} 0.0")
                .noneMatch(line -> line.startsWith("rudder_peer_round_trip") && line.contains("198.51.100.4"));
    }

    @Test
    void everyCounterIsExposed() {
        String text = text(false);
        for (Counter counter : Counter.values()) {
            String line = counter.isDrop()
                    ? "reason=\"" + MetricCatalogue.reason(counter) + "\""
                    : counter.name().matches("(EN|DE)CAP_(PACKETS|BYTES)")
                            ? "rudder_" + counter.name().substring(6).toLowerCase() + "_total"
                            : "rudder_" + counter.id() + "_total";
            assertThat(text).contains(line);
        }
    }

    @Test
    void namesAreOfOneKindAndEndInTheirUnit() {
        List<MetricFamily> families = new ArrayList<>(MetricCatalogue.ofNode());
        families.addAll(PeerMetrics.ofPeers());
        assertThat(families).allSatisfy(family -> {
            assertThat(family.name()).matches("rudder_[a-z0-9_]+");
            assertThat(family.name().endsWith("_total")).isEqualTo(family.type() == MetricFamily.Type.COUNTER);
            assertThat(family.help()).endsWith(".");
        });
        assertThat(new HashSet<>(families.stream().map(MetricFamily::name).toList()))
                .hasSameSizeAs(families);
    }

    @Test
    void aNodeWithoutALeaseExposesWhatItHas() {
        byte[] text = new MetricsText(true).write(SampleStatus.after(1, Optional.of("waiting for etcd")));
        assertThat(new String(text, StandardCharsets.UTF_8)).contains("rudder_ready 0.0");
    }
}
