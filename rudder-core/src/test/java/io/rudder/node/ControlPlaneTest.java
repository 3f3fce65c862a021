package io.rudder.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.testing.LogLines;
import io.rudder.testing.MemoryRegistry.Fate;
import io.rudder.testing.MemoryRegistry.Verb;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.TestNode;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlPlaneTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final LogLines log = new LogLines(Level.INFO);
    private final VirtualLoop loop = new VirtualLoop();
    private final MemoryStore store = new MemoryStore(loop);

    @AfterEach
    void restoreLog() {
        log.close();
    }

    private TestNode node(int number) {
        return new TestNode(loop, store, TestNode.settings(number, "198.51.100." + number), number);
    }

    private TestNode joined(int number) {
        TestNode node = node(number).start();
        loop.runUntil(node::hasJoined, SOON);
        return node;
    }

    @Test
    void twoNodesFindEachOther() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode first = joined(1);
        TestNode second = joined(2);
        loop.run(SOON);
        assertThat(first.peers()).isEqualTo(Map.of(second.subnet(), "198.51.100.2"));
        assertThat(second.peers()).isEqualTo(Map.of(first.subnet(), "198.51.100.1"));
        assertThat(first.routes().peers().get(0).endpoint().getPort()).isEqualTo(8285);
    }

    @Test
    void waitsForTheRegistryForEverAndSaysSoOnceAMinute() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode node = node(1);
        node.registry.down(true);
        node.start();
        loop.run(Duration.ofMinutes(10).plusSeconds(5));
        assertThat(node.hasJoined()).isFalse();
        assertThat(log.linesWith("waiting for etcd: etcd does not answer")).hasSizeBetween(9, 11);
        assertThat(node.registry.calls(Verb.LIST)).isLessThan(600);
        node.registry.down(false);
        loop.runUntil(node::hasJoined, Duration.ofSeconds(8));
    }

    @Test
    void waitsAlsoWhenAccessIsDenied() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode node = node(1);
        node.registry.next(Verb.LIST, Fate.DENIED, Fate.DENIED);
        node.start();
        loop.run(SOON.dividedBy(10));
        assertThat(log.linesWith("permission denied")).hasSize(1);
        loop.runUntil(node::hasJoined, Duration.ofSeconds(10));
        assertThat(node.refusals).isEmpty();
    }

    @Test
    void refusesWithoutConfigurationAndNamesTheCommandThatPutsOne() {
        TestNode node = node(1).start();
        loop.run(SOON);
        assertThat(node.refusals)
                .singleElement()
                .asString()
                .contains("etcdctl put /coreos.com/network/config '{\"Network\":\"10.0.0.0/16\"}'")
                .doesNotContain("\n");
        assertThat(loop.pending()).isZero();
    }

    @Test
    void refusesAnInvalidConfigurationWithTheReadersMessage() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\",\"SubnetLen\":12}");
        TestNode node = node(1).start();
        loop.run(SOON);
        assertThat(node.refusals).singleElement().asString().contains("/coreos.com/network/config", "SubnetLen");
    }

    @Test
    void aPortOfTheHostsOwnIsThePortOfAllPeers() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\",\"Backend\":{\"Type\":\"udp\",\"Port\":9999}}");
        TestNode first = joined(1);
        joined(2);
        loop.run(SOON);
        assertThat(first.routes().peers().get(0).endpoint().getPort()).isEqualTo(9999);
    }

    @Test
    void withTheAllocBackendANodeHasALeaseAndNoPeers() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\",\"Backend\":{\"Type\":\"alloc\"}}");
        TestNode first = joined(1);
        joined(2);
        loop.run(SOON);
        assertThat(first.subnet()).isNotEmpty();
        assertThat(first.peers()).isEmpty();
    }

    @Test
    void aBurstOfChangesIsOneTable() {
        store.putConfig("{\"Network\":\"10.0.0.0/8\"}");
        TestNode node = joined(1);
        loop.run(SOON);
        int before = node.tables.size();
        for (int i = 0; i < 200; i++) {
            store.putLease("10.200." + i + ".0/24", "{\"PublicIP\":\"203.0.113.7\"}");
        }
        loop.run(Duration.ofMillis(30));
        assertThat(node.routes().peers()).hasSize(200);
        assertThat(node.tables).hasSize(before + 1);
    }

    @Test
    void aChangedConfigurationIsToldOnceAndTheRunningOneKept() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode node = joined(1);
        String subnet = node.subnet();
        store.putConfig("{\"Network\":\"10.9.0.0/16\"}");
        loop.run(SOON);
        assertThat(log.linesWith("applies at the next restart")).hasSize(1);
        store.putConfig("{");
        loop.run(SOON);
        assertThat(log.linesWith("became unusable")).hasSize(1);
        store.delete("config");
        loop.run(SOON);
        assertThat(log.linesWith("was deleted")).hasSize(1);
        node.registry.cutWatches();
        store.compact();
        loop.run(Duration.ofHours(3));
        assertThat(log.linesWith("was deleted")).hasSize(1);
        assertThat(node.subnet()).isEqualTo(subnet);
    }

    @Test
    void aDeletedOwnKeyIsCreatedAgainWithinASecondAndPacketsFlowOn() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode node = joined(1);
        String subnet = node.subnet();
        loop.run(SOON);
        store.deleteSubnet(subnet);
        loop.run(SOON);
        assertThat(store.get(Ipv4Prefix.parse(subnet))).isPresent();
        assertThat(node.tables).allMatch(table -> table.own().isPresent());
        assertThat(node.subnet()).isEqualTo(subnet);
        assertThat(node.changedTo).isEmpty();
    }

    @Test
    void anOwnKeyThatSomebodyOverwroteIsTheirsAndTheNodeTakesAnotherSubnet() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode node = joined(1);
        String subnet = node.subnet();
        loop.run(SOON);
        store.putLease(subnet, "{\"PublicIP\":\"203.0.113.9\",\"BackendData\":{\"NodeID\":\"thief\"}}");
        loop.run(SOON);
        assertThat(node.tables).contains(RouteTable.EMPTY);
        assertThat(node.changedTo)
                .singleElement()
                .asString()
                .isNotEqualTo(subnet)
                .isEqualTo(node.subnet());
        assertThat(node.peers()).isEqualTo(Map.of(subnet, "203.0.113.9"));
        assertThat(log.linesWith(subnet + " was taken by 203.0.113.9 (node thief)"))
                .hasSize(1);
    }

    @Test
    void stopEndsEverythingAndKeepsTheLease() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode node = joined(1);
        String subnet = node.subnet();
        node.stop();
        loop.run(SOON);
        assertThat(store.get(Ipv4Prefix.parse(subnet))).isPresent();
        assertThat(node.registry.watches()).isEmpty();
        // What is left is the store's own timer, at which the etcd lease runs out.
        assertThat(loop.pending()).isEqualTo(1);
    }

    @Test
    void aRestartedNodeHasItsSubnetAgainAndTheOthersHearNothing() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode other = joined(2);
        TestNode node = joined(1);
        String subnet = node.subnet();
        node.stop();
        loop.run(SOON);
        int changes = store.history().size();
        int tables = other.tables.size();
        TestNode again = joined(1);
        loop.run(SOON);
        assertThat(again.subnet()).isEqualTo(subnet);
        assertThat(store.history()).hasSize(changes);
        assertThat(other.tables).hasSize(tables);
        assertThat(store.grantCount()).isEqualTo(2);
    }

    @Test
    void anOutageOfHoursIsWeatheredWithoutAChange() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        TestNode node = joined(1);
        joined(2);
        loop.run(SOON);
        int tables = node.tables.size();
        node.registry.down(true);
        loop.run(Duration.ofHours(5));
        assertThat(node.tables).hasSize(tables);
        node.registry.down(false);
        loop.run(Duration.ofSeconds(10));
        store.putLease("10.0.250.0/24", "{\"PublicIP\":\"203.0.113.7\"}");
        loop.run(SOON);
        assertThat(node.peers()).containsKey("10.0.250.0/24");
        assertThat(node.counters.get(Counter.LEASE_RENEWAL_FAILURES)).isPositive();
        assertThat(log.linesWith("cannot renew")).hasSize(1);
        assertThat(log.linesWith("is confirmed again")).hasSize(1);
        assertThat(log.linesWith("lost touch")).hasSizeBetween(200, 310);
    }

    @Test
    void aStoreRestoredFromABackupIsNoticedAndTheOwnLeaseCreatedAgain() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        var backup = store.snapshot();
        TestNode node = joined(1);
        TestNode other = joined(2);
        String subnet = node.subnet();
        loop.run(SOON);
        store.restore(backup);
        loop.run(Duration.ofSeconds(90));
        assertThat(node.subnet()).isEqualTo(subnet);
        assertThat(store.get(Ipv4Prefix.parse(subnet))).isPresent();
        assertThat(node.peers()).isEqualTo(Map.of(other.subnet(), "198.51.100.2"));
    }
}
