package io.rudder.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.lease.LeaseKeeper;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.RouteTable;
import io.rudder.peer.WatchStatus;
import io.rudder.testing.LogLines;
import io.rudder.testing.MemoryRegistry.Fate;
import io.rudder.testing.MemoryRegistry.Verb;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.TestNode;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlPlaneFaultsTest {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final String CONFIG = "{\"Network\":\"10.0.0.0/16\"}";

    private final LogLines log = new LogLines(Level.INFO);
    private final VirtualLoop loop = new VirtualLoop();
    private final MemoryStore store = new MemoryStore(loop);

    ControlPlaneFaultsTest() {
        store.putConfig(CONFIG);
    }

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

    private static boolean hasRoute(RouteTable table, String subnet) {
        return table.lookup(Ipv4Prefix.parse(subnet).first()) != null;
    }

    @Test
    void aPeerWhoseKeyIsDeletedIsNeverMissedBecauseItComesBack() {
        TestNode node = joined(1);
        TestNode other = joined(2);
        loop.run(SOON);
        int tables = node.tables.size();
        for (int i = 0; i < 20; i++) {
            store.deleteSubnet(other.subnet());
            loop.run(Duration.ofSeconds(2));
        }
        store.deleteAllSubnets();
        loop.run(Duration.ofSeconds(10));
        List<RouteTable> since = node.tables.subList(tables, node.tables.size());
        assertThat(since).allMatch(table -> hasRoute(table, other.subnet()));
        assertThat(other.changedTo).isEmpty();
        assertThat(store.grantCount()).isEqualTo(2);
    }

    @Test
    void aPeerThatIsGoneForGoodIsNotRoutedForLong() {
        TestNode node = joined(1);
        store.putLease("10.0.250.0/24", "{\"PublicIP\":\"203.0.113.7\"}");
        loop.run(SOON);
        store.deleteSubnet("10.0.250.0/24");
        loop.run(Duration.ofMillis(1300));
        assertThat(node.peers()).hasSize(1);
        assertThat(node.status().removals()).isEqualTo(new ControlStatus.Removals(1, 0));
        loop.run(Duration.ofMillis(300));
        assertThat(node.peers()).isEmpty();
        assertThat(node.status().removals()).isEqualTo(ControlStatus.Removals.NONE);
    }

    @Test
    void whenMostPeersVanishTheyAreRoutedForAMinuteAndUntilASecondList() {
        TestNode node = joined(1);
        for (int i = 0; i < 10; i++) {
            store.putLease("10.0.24" + i % 10 + ".0/24", "{\"PublicIP\":\"203.0.113." + (i + 1) + "\"}");
        }
        loop.run(SOON);
        int lists = node.registry.calls(Verb.LIST);
        store.deleteAllSubnets();
        loop.run(Duration.ofSeconds(59));
        assertThat(node.peers()).hasSize(10);
        assertThat(node.status().removals()).isEqualTo(new ControlStatus.Removals(0, 10));
        loop.run(Duration.ofSeconds(3));
        assertThat(node.peers()).isEmpty();
        assertThat(node.registry.calls(Verb.LIST)).isGreaterThan(lists);
        assertThat(node.subnet()).isNotEmpty();
    }

    @Test
    void anotherRangeOfSubnetsIsTakenAtOnceAndAnotherNetworkIsPending() {
        TestNode node = joined(1);
        loop.run(SOON);
        store.putConfig("{\"Network\":\"10.0.0.0/16\",\"SubnetMin\":\"10.0.16.0\",\"SubnetMax\":\"10.0.31.0\"}");
        loop.run(SOON);
        ConfigStatus taken = node.status().config();
        assertThat(taken.pending()).isFalse();
        assertThat(taken.running().orElseThrow().subnetCount()).isEqualTo(16);
        store.putConfig("{\"Network\":\"10.64.0.0/16\"}");
        loop.run(SOON);
        ConfigStatus pending = node.status().config();
        assertThat(pending.pending()).isTrue();
        assertThat(pending.running()).isEqualTo(taken.running());
        assertThat(pending.text()).contains("{\"Network\":\"10.64.0.0/16\"}");
        store.delete("config");
        loop.run(SOON);
        assertThat(node.status().config().pending()).isFalse();
        assertThat(node.status().config().problem()).contains("the key was deleted");
    }

    @Test
    void statusTellsOfLeaseAndRegistryThroughAnOutage() {
        TestNode node = node(1);
        assertThat(node.status().lease().state()).isEqualTo(LeaseKeeper.State.ACQUIRING);
        assertThat(node.status().registry().state()).isEqualTo(WatchStatus.State.CONNECTING);
        node.start();
        loop.run(SOON);
        ControlStatus healthy = node.status();
        assertThat(healthy.lease().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(healthy.lease().expiresAt())
                .contains(healthy.lease().confirmedAt().orElseThrow().plus(Duration.ofDays(1)));
        assertThat(healthy.registry().state()).isEqualTo(WatchStatus.State.WATCHING);
        assertThat(healthy.registry().clusterId()).isEqualTo(42);
        node.registry.down(true);
        loop.run(Duration.ofHours(2));
        ControlStatus out = node.status();
        assertThat(out.lease().state()).isEqualTo(LeaseKeeper.State.UNCONFIRMED);
        assertThat(out.lease().problem()).contains("etcd does not answer");
        assertThat(out.registry().state()).isEqualTo(WatchStatus.State.OUT_OF_TOUCH);
        assertThat(out.registry().lastError()).isPresent();
        node.registry.down(false);
        loop.run(Duration.ofSeconds(10));
        assertThat(node.status().lease().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(node.status().lease().problem()).isEmpty();
        assertThat(node.status().registry().state()).isEqualTo(WatchStatus.State.WATCHING);
    }

    @Test
    void aHostThatStoodStillLooksAtItsLeaseBeforeItServesNewPeers() {
        TestNode node = joined(1);
        loop.run(SOON);
        int renewals = node.registry.calls(Verb.RENEW);
        node.registry.latency(() -> Duration.ofSeconds(2));
        store.putLease("10.0.250.0/24", "{\"PublicIP\":\"203.0.113.7\"}");
        loop.jumpWallClock(Duration.ofHours(30));
        int tables = node.tables.size();
        loop.run(Duration.ofSeconds(6));
        assertThat(node.registry.calls(Verb.RENEW)).isEqualTo(renewals + 1);
        assertThat(node.tables).hasSize(tables);
        loop.run(Duration.ofSeconds(8));
        assertThat(node.peers()).hasSize(1);
        assertThat(log.linesWith("stood still")).hasSize(1);
    }

    @Test
    void aHostThatStoodStillServesNewPeersThoughItsNewAddressCannotBeWritten() {
        TestNode node = joined(1);
        loop.run(SOON);
        node.registry.fates(verb -> verb == Verb.UPDATE ? Fate.DENIED : Fate.ANSWERED);
        node.readdress("198.51.100.77");
        loop.run(Duration.ofMinutes(1));
        loop.jumpWallClock(Duration.ofHours(1));
        loop.run(Duration.ofSeconds(6));
        store.putLease("10.0.250.0/24", "{\"PublicIP\":\"203.0.113.7\"}");
        loop.run(Duration.ofSeconds(20));
        assertThat(log.linesWith("stood still")).hasSize(1);
        assertThat(hasRoute(node.routes(), "10.0.250.0/24")).isTrue();
        assertThat(node.status().lease().state()).isEqualTo(LeaseKeeper.State.UNCONFIRMED);
    }

    @Test
    void anEmptyClusterInPlaceOfTheOldOneCostsNoRouteAndEveryHostItsLeaseBack() {
        TestNode node = joined(1);
        TestNode other = joined(2);
        loop.run(SOON);
        String subnet = node.subnet();
        int tables = node.tables.size();
        store.replaceByAnEmptyCluster();
        loop.run(Duration.ofMinutes(3));
        assertThat(node.tables.subList(tables, node.tables.size())).allMatch(table -> hasRoute(table, other.subnet()));
        assertThat(node.subnet()).isEqualTo(subnet);
        assertThat(store.get(Ipv4Prefix.parse(subnet))).isPresent();
        assertThat(store.get(Ipv4Prefix.parse(other.subnet()))).isPresent();
        assertThat(node.registry.reconnects()).isPositive();
    }

    @Test
    void withoutEtcdASavedStateIsCarriedOnAndLaterConfirmed() {
        TestNode earlier = joined(1);
        TestNode other = joined(2);
        loop.run(SOON);
        SavedState saved = saved(earlier);
        earlier.stop();
        loop.run(Duration.ofHours(3));
        TestNode again = node(1);
        again.registry.down(true);
        again.startFrom(saved);
        loop.runUntil(again::hasJoined, Duration.ofSeconds(3));
        assertThat(again.subnet()).isEqualTo(saved.subnet().toString());
        assertThat(again.peers()).containsOnlyKeys(other.subnet());
        assertThat(again.status().stale()).isTrue();
        assertThat(again.status().lease().state()).isEqualTo(LeaseKeeper.State.UNCONFIRMED);
        assertThat(SavedState.of(
                        again.status(), TestNode.settings(1, "198.51.100.1").identity()))
                .isEmpty();
        again.registry.down(false);
        loop.run(Duration.ofSeconds(10));
        assertThat(again.status().stale()).isFalse();
        assertThat(again.status().lease().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(again.peers()).containsOnlyKeys(other.subnet());
        assertThat(again.changedTo).isEmpty();
        assertThat(store.grantCount()).isEqualTo(2);
    }

    @Test
    void aSavedSubnetThatSomebodyElseHasByNowIsGivenUp() {
        TestNode earlier = joined(1);
        loop.run(SOON);
        SavedState saved = saved(earlier);
        earlier.stop();
        loop.run(SOON);
        store.putLease(saved.subnet().toString(), "{\"PublicIP\":\"203.0.113.7\"}");
        TestNode again = node(1);
        again.registry.down(true);
        again.startFrom(saved);
        loop.runUntil(again::hasJoined, Duration.ofSeconds(3));
        again.registry.down(false);
        loop.run(Duration.ofSeconds(10));
        assertThat(again.changedTo).hasSize(1);
        assertThat(again.subnet()).isNotEmpty().isNotEqualTo(saved.subnet().toString());
        assertThat(again.tables).contains(RouteTable.EMPTY);
    }

    @Test
    void aSavedStateThatIsTooOldIsNotUsed() {
        TestNode earlier = joined(1);
        loop.run(SOON);
        SavedState saved = saved(earlier);
        earlier.stop();
        loop.run(Duration.ofHours(23));
        TestNode again = node(1);
        again.registry.down(true);
        again.startFrom(saved);
        loop.run(Duration.ofMinutes(1));
        assertThat(again.hasJoined()).isFalse();
        assertThat(log.linesWith("too old")).hasSize(1);
    }

    @Test
    void whileEtcdAnswersTheSavedStateIsNotUsed() {
        TestNode earlier = joined(1);
        loop.run(SOON);
        SavedState saved = saved(earlier);
        earlier.stop();
        store.putConfig("{\"Network\":\"10.77.0.0/16\"}");
        TestNode again = node(1).startFrom(saved);
        loop.run(Duration.ofSeconds(5));
        assertThat(again.subnet()).startsWith("10.77.");
        assertThat(again.status().stale()).isFalse();
    }

    @Test
    void aReleasedNodeLeavesNothing() {
        TestNode node = joined(1);
        loop.run(SOON);
        CompletableFuture<Void> released = node.release();
        loop.run(SOON);
        assertThat(released).isCompleted();
        assertThat(store.grantCount()).isZero();
        assertThat(node.registry.watches()).isEmpty();
    }

    private static SavedState saved(TestNode node) {
        Optional<SavedState> state = SavedState.of(
                node.status(), TestNode.settings(1, "198.51.100.1").identity());
        return SavedStateJson.read(SavedStateJson.write(state.orElseThrow()));
    }
}
