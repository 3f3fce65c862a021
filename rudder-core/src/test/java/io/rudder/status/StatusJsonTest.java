package io.rudder.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class StatusJsonTest {
    private static final NodeStatus STATUS = new NodeStatus(
            NodeStatus.SCHEMA,
            Instant.parse("2026-11-28T12:00:00Z"),
            new NodeInfo(
                    "00ff", "host-a", "0.1.0", Instant.parse("2026-11-28T11:00:00Z"), 3600, true, Optional.empty()),
            new UnderlayStatus("eth0", "203.0.113.1", "203.0.113.1", 1500),
            Optional.of(new NetworkStatus("10.5.0.0/16", 24, "10.5.0.0", "10.5.255.0", "udp", 8285, false)),
            new LeaseStatus(
                    "acquiring",
                    2.5,
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    Optional.of("all subnets are taken")),
            new EtcdStatus(
                    List.of("http://203.0.113.1:2379"),
                    "/coreos.com/network",
                    true,
                    7,
                    Optional.of("cdf818194e3a8c32"),
                    Optional.empty()),
            new WatchStatus("watching", OptionalDouble.of(1.5), OptionalDouble.empty(), 2, 0, 0, false),
            Optional.of(new DataPathStatus(
                    true, "rudder0", 1472, "203.0.113.1:8285", new OffloadStatus("tcp_and_udp", true, true), 1)),
            new Traffic(1, 2, 3, 4, 5, 6),
            Throughput.UNKNOWN,
            List.of(new PeerStatus(
                    "10.5.2.0/24",
                    "203.0.113.2:8285",
                    Optional.empty(),
                    Traffic.NONE,
                    OptionalDouble.of(0.25),
                    Optional.of(new PathQuality(true, 1.5, 1.25, 0.5, 2)),
                    1472)),
            Map.of("encap_packets", 1L),
            List.of(new NodeEvent(Instant.parse("2026-11-28T11:00:01Z"), "info", "ready")));

    @Test
    void readsWhatItWrote() {
        assertThat(StatusJson.read(StatusJson.write(STATUS), NodeStatus.class)).isEqualTo(STATUS);
    }

    @Test
    void namesMembersAfterComponentsAndShowsAbsentOnesAsNull() {
        JsonObject json = JsonParser.parseString(StatusJson.write(STATUS)).getAsJsonObject();

        assertThat(json.get("schema").getAsInt()).isEqualTo(1);
        assertThat(json.get("takenAt").getAsString()).isEqualTo("2026-11-28T12:00:00Z");
        assertThat(json.getAsJsonObject("lease").get("subnet").isJsonNull()).isTrue();
        assertThat(json.getAsJsonObject("watch").get("listedSecondsAgo").isJsonNull())
                .isTrue();
        assertThat(json.getAsJsonObject("watch").get("watchingSeconds").getAsDouble())
                .isEqualTo(1.5);
        JsonObject peer = json.getAsJsonArray("peers").get(0).getAsJsonObject();
        assertThat(peer.getAsJsonObject("quality").get("lossRatio").getAsDouble())
                .isEqualTo(0.5);
    }

    @Test
    void ignoresMembersOfLaterVersions() {
        String later = StatusJson.write(STATUS).replaceFirst("\\{", "{\"new\":{\"x\":[1]},");

        assertThat(StatusJson.read(later, NodeStatus.class)).isEqualTo(STATUS);
    }
}
