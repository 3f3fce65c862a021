package io.rudder.peer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.testing.LogLines;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerCacheTest {
    private static final NetworkConfig CONFIG = new NetworkConfig(
            Ipv4Prefix.parse("10.0.0.0/16"),
            24,
            Ipv4Prefix.parse("10.0.0.0/24"),
            Ipv4Prefix.parse("10.0.255.0/24"),
            Backend.DEFAULT);
    private static final NodeIdentity SELF = new NodeIdentity("self", Ipv4.parse("198.51.100.1"));
    private static final String OWN = "10.0.200.0/24";

    private final LogLines log = new LogLines(Level.WARN);
    private final Counters counters = new Counters();
    private final PeerCache cache = new PeerCache(CONFIG, 8285, SELF, counters);
    private long revision = 100;

    PeerCacheTest() {
        cache.own(Optional.of(Ipv4Prefix.parse(OWN)));
    }

    @AfterEach
    void restoreLog() {
        log.close();
    }

    private static String value(String publicIp) {
        return "{\"PublicIP\":\"" + publicIp + "\",\"PublicIPv6\":null}";
    }

    private RegistryEntry entry(String element, String value) {
        revision++;
        return new RegistryEntry("subnets/" + element, value, 7, revision, revision);
    }

    private void put(String element, String value) {
        cache.apply(List.of(new RegistryEvent.Put(entry(element, value))));
    }

    private void delete(String element) {
        cache.apply(List.of(new RegistryEvent.Delete("subnets/" + element, ++revision)));
    }

    private Map<String, String> peers() {
        Map<String, String> peers = new TreeMap<>();
        cache.peers().forEach((subnet, peer) -> peers.put(subnet.toString(), Ipv4.format(peer.publicIp())));
        return peers;
    }

    @Test
    void listAndEventsMakePeers() {
        cache.replaceAll(
                List.of(new RegistryEntry("config", "{}", 0, 1, 1), entry("10.0.1.0-24", value("198.51.100.2"))));
        put("10.0.2.0-24", value("198.51.100.3"));
        assertThat(peers()).isEqualTo(Map.of("10.0.1.0/24", "198.51.100.2", "10.0.2.0/24", "198.51.100.3"));
        delete("10.0.1.0-24");
        assertThat(peers()).containsOnlyKeys("10.0.2.0/24");
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aListReplacesWholeValuesAndDropsWhatIsGone() {
        cache.replaceAll(List.of(
                entry("10.0.1.0-24", value("198.51.100.2")),
                entry("10.0.2.0-24", value("198.51.100.3")),
                entry("10.0.3.0-24", value("198.51.100.4"))));
        Map<Ipv4Prefix, Peer> before = cache.peers();
        cache.replaceAll(
                List.of(entry("10.0.1.0-24", value("198.51.100.2")), entry("10.0.2.0-24", value("198.51.100.99"))));
        PeerChange change = PeerChange.between(before, cache.peers()).orElseThrow();
        assertThat(change).hasToString("moved 10.0.2.0/24 at 198.51.100.99; removed 10.0.3.0/24");
        assertThat(change.added()).isEmpty();
    }

    @Test
    void nothingIsPublishedWhenTheSameComesAgain() {
        put("10.0.1.0-24", value("198.51.100.2"));
        Map<Ipv4Prefix, Peer> before = cache.peers();
        put("10.0.1.0-24", value("198.51.100.2"));
        assertThat(PeerChange.between(before, cache.peers())).isEmpty();
    }

    @Test
    void theOwnLeaseIsNeverAPeer() {
        put("10.0.200.0-24", SELF.attributes().toJson());
        put("10.0.201.0-24", SELF.attributes().toJson());
        put("10.0.202.0-24", value("198.51.100.1"));
        put("10.0.203.0-24", "{\"PublicIP\":\"198.51.100.50\",\"BackendData\":{\"NodeID\":\"self\"}}");
        assertThat(peers()).isEmpty();
        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.1.0-24 | ",
                "10.0.1.0-24 | nonsense",
                "10.0.1.0-24 | []",
                "10.0.1.0-24 | {\"PublicIP\":null}",
                "10.0.1.0-24 | {\"PublicIP\":\"0.0.0.0\"}",
                "10.0.1.0-24 | {\"PublicIP\":\"127.0.0.1\"}",
                "10.0.1.0-24 | {\"PublicIP\":\"224.0.0.5\"}",
                "10.0.1.0-24 | {\"PublicIP\":\"255.255.255.255\"}",
                "10.0.1.0-24 | {\"PublicIP\":\"10.0.9.9\"}",
                "10.0.1.0-24 | {\"PublicIP\":\"198.51.100.2\",\"BackendType\":\"vxlan\"}",
                "10.0.1.0-24 | {\"PublicIP\":\"198.51.100.1\",\"BackendData\":{\"NodeID\":\"other\"}}",
                "10.0.1.7-24 | {\"PublicIP\":\"198.51.100.2\"}",
                "10.1.0.0-24 | {\"PublicIP\":\"198.51.100.2\"}",
                "10.0.0.0-8 | {\"PublicIP\":\"198.51.100.2\"}",
                "10.0.200.128-25 | {\"PublicIP\":\"198.51.100.2\"}",
                "garbage | {\"PublicIP\":\"198.51.100.2\"}",
            })
    void anInvalidEntryIsNoPeerAndWarnedAboutOnce(String line) {
        String[] parts = line.split(" \\| ?", 2);
        for (int i = 0; i < 3; i++) {
            put(parts[0], parts[1]);
            assertThat(peers()).isEmpty();
        }
        cache.replaceAll(List.of(entry(parts[0], parts[1])));
        assertThat(peers()).isEmpty();
        assertThat(log.linesWith("ignoring subnets/" + parts[0])).hasSize(1);
        assertThat(counters.get(Counter.REGISTRY_INVALID_ENTRIES)).isEqualTo(1);
    }

    @Test
    void aWarningIsOneShortLineWhateverWasWritten() {
        put("10.0.1.0-24", "{\"PublicIP\":\"1.2.3.4\\nFATAL " + "x".repeat(3000) + "\"}");
        put("a\nb", "x".repeat(100_000));
        assertThat(log.lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(500).doesNotContain("\n"));
    }

    @Test
    void anInvalidValueRemovesThePeerOfItsKeyAndANewOneBringsItBack() {
        put("10.0.1.0-24", value("198.51.100.2"));
        assertThat(peers()).hasSize(1);
        put("10.0.1.0-24", "");
        assertThat(peers()).isEmpty();
        put("10.0.1.0-24", value("198.51.100.3"));
        assertThat(peers()).isEqualTo(Map.of("10.0.1.0/24", "198.51.100.3"));
    }

    @Test
    void ofTwoOverlappingLeasesTheOlderCountsAndTheYoungerComesInAfterIt() {
        put("10.0.2.0-24", value("198.51.100.2"));
        put("10.0.0.0-22", value("198.51.100.3"));
        assertThat(peers()).isEqualTo(Map.of("10.0.2.0/24", "198.51.100.2"));
        put("10.0.3.0-24", value("198.51.100.4"));
        assertThat(peers()).containsOnlyKeys("10.0.2.0/24", "10.0.3.0/24");
        assertThat(log.linesWith("subnets/10.0.0.0-22: overlaps the older 10.0.2.0/24"))
                .hasSize(1);
        delete("10.0.2.0-24");
        assertThat(peers()).isEqualTo(Map.of("10.0.0.0/22", "198.51.100.3"));
        delete("10.0.0.0-22");
        assertThat(peers()).containsOnlyKeys("10.0.3.0/24");
    }

    @Test
    void whoTookTheOwnSubnetBecomesAPeerWhenTheHostHasAnother() {
        put("10.0.200.0-24", value("198.51.100.2"));
        assertThat(peers()).isEmpty();
        cache.own(Optional.of(Ipv4Prefix.parse("10.0.5.0/24")));
        assertThat(peers()).containsOnlyKeys("10.0.200.0/24");
    }

    @Test
    void agreesWithAnObviousRuleOnRandomOverlaps() {
        long seed = 1;
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, RegistryEntry> store = new HashMap<>();
        for (int round = 0; round < 1000; round++) {
            Ipv4Prefix subnet =
                    Ipv4Prefix.containing(Ipv4.parse("10.0.0.0") + random.nextInt(1 << 12), random.nextInt(21, 27));
            RegistryEntry entry = entry(
                    Ipv4.format(subnet.address()) + "-" + subnet.length(),
                    value("198.51.100." + random.nextInt(2, 250)));
            RegistryEntry old = store.get(entry.path());
            if (old == null) {
                store.put(entry.path(), entry);
                cache.apply(List.of(new RegistryEvent.Put(entry)));
            } else {
                store.remove(entry.path());
                cache.apply(List.of(new RegistryEvent.Delete(entry.path(), revision)));
            }
            assertThat(peers().keySet()).as("seed %d", seed).isEqualTo(oldestFirst(store));
        }
    }

    private static java.util.Set<String> oldestFirst(Map<String, RegistryEntry> store) {
        List<Ipv4Prefix> winners = new ArrayList<>();
        store.values().stream()
                .sorted(java.util.Comparator.comparingLong(RegistryEntry::createRevision))
                .map(entry ->
                        Ipv4Prefix.parse(entry.subnetElement().orElseThrow().replace('-', '/')))
                .filter(subnet -> winners.stream().noneMatch(subnet::overlaps))
                .forEach(winners::add);
        return winners.stream().map(Ipv4Prefix::toString).collect(java.util.stream.Collectors.toSet());
    }
}
