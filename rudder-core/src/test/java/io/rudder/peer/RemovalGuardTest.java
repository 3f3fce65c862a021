package io.rudder.peer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.testing.LogLines;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RemovalGuardTest {
    private static final Duration JUST_SHORT_OF_LINGERING = Duration.ofMillis(1499);

    private final LogLines log = new LogLines(Level.WARN);
    private final VirtualLoop loop = new VirtualLoop();
    private final Counters counters = new Counters();
    private final RemovalGuard guard = new RemovalGuard(loop, counters);
    private final NavigableMap<Ipv4Prefix, Peer> registered = new TreeMap<>();
    private Optional<Ipv4Prefix> own = Optional.of(Ipv4Prefix.parse("10.0.200.0/24"));

    @AfterEach
    void restoreLog() {
        log.close();
    }

    private void register(String subnet, String address) {
        Ipv4Prefix prefix = Ipv4Prefix.parse(subnet);
        registered.put(prefix, Peer.of(prefix, Ipv4.parse(address), 8285));
    }

    private void register(int count) {
        for (int i = 0; i < count; i++) {
            register("10.0." + i + ".0/24", "198.51.100." + (i + 1));
        }
    }

    private void remove(String subnet) {
        registered.remove(Ipv4Prefix.parse(subnet));
    }

    private Set<Ipv4Prefix> routed() {
        return guard.route(new TreeMap<>(registered), own).keySet();
    }

    private void pass(Duration time) {
        loop.run(time);
    }

    @Test
    void aRemovedPeerLingersForAMomentAndIsGoneThen() {
        register(2);
        routed();
        remove("10.0.0.0/24");
        assertThat(routed()).hasSize(2);
        assertThat(guard.lingering()).isEqualTo(1);
        assertThat(guard.untilNext()).contains(Duration.ofMillis(1500));
        pass(JUST_SHORT_OF_LINGERING);
        assertThat(routed()).hasSize(2);
        pass(Duration.ofMillis(1));
        assertThat(routed()).containsExactly(Ipv4Prefix.parse("10.0.1.0/24"));
        assertThat(guard.untilNext()).isEmpty();
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aPeerThatComesBackIsNeverMissed() {
        register(2);
        routed();
        remove("10.0.0.0/24");
        assertThat(routed()).hasSize(2);
        pass(JUST_SHORT_OF_LINGERING);
        register("10.0.0.0/24", "198.51.100.1");
        assertThat(routed()).hasSize(2);
        assertThat(guard.lingering()).isZero();
        pass(Duration.ofMinutes(1));
        assertThat(routed()).hasSize(2);
    }

    @Test
    void whoeverTakesTheSubnetOrOneThatOverlapsItHasItAtOnce() {
        register("10.0.0.0/24", "198.51.100.1");
        register("10.0.4.0/24", "198.51.100.2");
        routed();
        remove("10.0.0.0/24");
        remove("10.0.4.0/24");
        register("10.0.0.0/23", "198.51.100.9");
        register("10.0.4.128/25", "198.51.100.9");
        assertThat(guard.route(new TreeMap<>(registered), own)).isEqualTo(registered);
    }

    @Test
    void noPeerLingersInTheOwnSubnet() {
        register("10.0.0.0/24", "198.51.100.1");
        routed();
        remove("10.0.0.0/24");
        own = Optional.of(Ipv4Prefix.parse("10.0.0.0/24"));
        assertThat(routed()).isEmpty();
    }

    @Test
    void mostPeersAtOnceAreHeldUntilAnotherListAgrees() {
        register(10);
        routed();
        registered.clear();
        assertThat(routed()).hasSize(10);
        assertThat(guard.held()).isEqualTo(10);
        assertThat(counters.get(Counter.REGISTRY_REMOVALS_HELD)).isEqualTo(10);
        pass(Duration.ofSeconds(59));
        guard.listed();
        assertThat(routed()).hasSize(10);
        assertThat(guard.needsList()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(guard.needsList()).isTrue();
        assertThat(guard.untilNext()).isEmpty();
        assertThat(routed()).hasSize(10);
        guard.listed();
        assertThat(routed()).isEmpty();
        assertThat(guard.held()).isZero();
        assertThat(log.linesWith("10 of 10 peers are gone")).hasSize(1);
        assertThat(log.linesWith("another list agrees that 10 peers are gone")).hasSize(1);
    }

    @Test
    void thoseThatComeBackDuringAHoldAreNotRemovedAfterIt() {
        register(10);
        routed();
        registered.clear();
        routed();
        pass(Duration.ofSeconds(30));
        register(7);
        assertThat(routed()).hasSize(10);
        assertThat(guard.held()).isEqualTo(3);
        pass(Duration.ofSeconds(30));
        guard.listed();
        assertThat(routed()).hasSize(7);
    }

    @Test
    void whoIsRemovedAsAHoldEndsStillLingers() {
        register(10);
        routed();
        registered.clear();
        register(1);
        routed();
        pass(Duration.ofSeconds(60));
        registered.clear();
        guard.listed();
        assertThat(routed()).containsExactly(Ipv4Prefix.parse("10.0.0.0/24"));
        pass(Duration.ofMillis(1500));
        assertThat(routed()).isEmpty();
    }

    @Test
    void fivePeersAreTooFewToBeHeld() {
        register(5);
        routed();
        registered.clear();
        routed();
        pass(Duration.ofMillis(1500));
        assertThat(routed()).isEmpty();
    }

    @Test
    void whateverAReplacedStoreLacksIsHeldAtLeastUntilTheSlowestAudit() {
        register(2);
        routed();
        guard.storeReplaced();
        remove("10.0.0.0/24");
        assertThat(routed()).hasSize(2);
        pass(Duration.ofSeconds(80));
        guard.listed();
        assertThat(routed()).hasSize(2);
        pass(Duration.ofSeconds(10));
        assertThat(guard.needsList()).isTrue();
        guard.listed();
        assertThat(routed()).hasSize(1);
    }

    @Test
    void aHoldThatIsOverWithoutARemovalIsForgotten() {
        register(2);
        routed();
        guard.storeReplaced();
        pass(Duration.ofMinutes(5));
        routed();
        remove("10.0.0.0/24");
        routed();
        assertThat(guard.needsList()).isFalse();
        pass(Duration.ofMillis(1500));
        assertThat(routed()).hasSize(1);
    }
}
