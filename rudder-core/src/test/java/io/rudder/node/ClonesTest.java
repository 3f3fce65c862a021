package io.rudder.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseKeeper;
import io.rudder.lease.RegistryEntry;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.testing.LogLines;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.MemoryWatch;
import io.rudder.testing.TestNode;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two live hosts with one node id, of which the second one could not know that the first one lives. */
class ClonesTest {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final String OWNER = "198.51.100.1";
    private static final String CLONE = "198.51.100.2";

    private final LogLines log = new LogLines(Level.WARN);
    private final VirtualLoop loop = new VirtualLoop();
    private final MemoryStore store = new MemoryStore(loop);
    private TestNode owner;
    private String subnet;

    @BeforeEach
    void joinTheOwner() {
        store.putConfig("{\"Network\":\"10.0.0.0/16\"}");
        owner = started(OWNER);
        loop.run(SOON);
        subnet = owner.subnet();
    }

    @AfterEach
    void restoreLog() {
        log.close();
    }

    private TestNode started(String address) {
        return new TestNode(loop, store, TestNode.settings(1, address), Ipv4.parse(address)).start();
    }

    private RegistryEntry key() {
        return store.get(Ipv4Prefix.parse(subnet)).orElseThrow();
    }

    private String addressInTheKey() {
        return Ipv4.format(LeaseAttributes.parse(key().value()).publicIp());
    }

    private void assertThatTheOwnerCarriesOn() {
        assertThat(owner.subnet()).isEqualTo(subnet);
        assertThat(owner.changedTo).isEmpty();
        assertThat(owner.status().lease().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(addressInTheKey()).isEqualTo(OWNER);
    }

    @Test
    void anOwnerWhoseWatchIsDeafTakesItsLeaseBackAndTheCloneGivesWay() {
        owner.registry.watches().forEach(MemoryWatch::stall);
        TestNode clone = started(CLONE);
        loop.run(Duration.ofSeconds(5));
        assertThat(clone.subnet()).isEqualTo(subnet);

        loop.run(Duration.ofSeconds(25));
        assertThatTheOwnerCarriesOn();
        assertThat(clone.subnet()).isEmpty();
        assertThat(clone.status().lease().state()).isEqualTo(LeaseKeeper.State.LOST);
        assertThat(log.linesWith("taking it back")).hasSize(1);
        assertThat(log.linesWith("no new lease"))
                .singleElement()
                .asString()
                .contains("is that of the live host at " + OWNER, "remove node-id");

        loop.run(Duration.ofHours(5));
        assertThatTheOwnerCarriesOn();
        assertThat(log.linesWith("taking it back")).hasSize(1);
        assertThat(log.linesWith("no new lease")).hasSize(1);
    }

    @Test
    void anOwnerWithASlowRegistryKeepsItsLease() {
        SplittableRandom random = new SplittableRandom(1);
        owner.registry.latency(() -> Duration.ofMillis(random.nextInt(500, 3000)));
        for (int number = 2; number < 12; number++) {
            started("198.51.100." + number);
            loop.run(Duration.ofSeconds(20));
        }
        loop.run(Duration.ofMinutes(5));
        assertThatTheOwnerCarriesOn();
    }

    @Test
    void whenTheRegistryIsSlowForBothTheClaimWaitsLongerAndNobodyIsDisturbed() {
        Duration slow = Duration.ofSeconds(3);
        owner.registry.latency(() -> slow);
        TestNode clone = new TestNode(loop, store, TestNode.settings(1, CLONE), 2);
        clone.registry.latency(() -> slow);
        clone.start();
        loop.run(Duration.ofMinutes(2));
        assertThatTheOwnerCarriesOn();
        assertThat(clone.refusals).singleElement().asString().contains("is that of the live host at " + OWNER);
        assertThat(clone.hasJoined()).isFalse();
    }

    @Test
    void aHostThatHasReplacedAnotherForLongIsNotDisturbedForLongWhenThatComesBack() {
        owner.registry.down(true);
        TestNode successor = started(CLONE);
        loop.run(Duration.ofMinutes(10));
        assertThat(successor.subnet()).isEqualTo(subnet);
        int changes = store.history().size();

        owner.registry.down(false);
        loop.run(Duration.ofMinutes(1));
        assertThat(successor.subnet()).isEqualTo(subnet);
        assertThat(successor.changedTo).isEmpty();
        assertThat(owner.subnet()).isEmpty();
        assertThat(addressInTheKey()).isEqualTo(CLONE);
        assertThat(store.history().size() - changes).isLessThan(10);

        loop.run(Duration.ofHours(1));
        assertThat(successor.subnet()).isEqualTo(subnet);
        assertThat(log.linesWith("taking it back")).hasSize(2);
    }

    @Test
    void whatAnOperatorWritesIntoTheKeyIsNotTakenBack() {
        store.putLease(
                subnet, LeaseAttributes.own(Ipv4.parse(CLONE), TestNode.id(1)).toJson());
        loop.run(SOON);
        assertThat(addressInTheKey()).isEqualTo(CLONE);
        assertThat(log.linesWith("taking it back")).isEmpty();
    }

    @Test
    void aKeyThatWasCreatedAnewBelongsToWhoeverCreatedIt() {
        owner.registry.down(true);
        store.revoke(key().etcdLeaseId());
        store.putLease(
                subnet, LeaseAttributes.own(Ipv4.parse(CLONE), TestNode.id(1)).toJson(), Duration.ofDays(1));
        owner.registry.down(false);
        loop.run(SOON);
        assertThat(log.linesWith("taking it back")).isEmpty();
        assertThat(log.linesWith("was taken by " + CLONE)).hasSize(1);
    }
}
