package io.rudder.lease;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.LeasePolicy.OnLost;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.testing.LogLines;
import io.rudder.testing.MemoryRegistry;
import io.rudder.testing.MemoryRegistry.Fate;
import io.rudder.testing.MemoryRegistry.Verb;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseLossTest {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final String NODE = "0123456789abcdef0123456789abcdef";
    private static final String HOME = "10.0.11.0/24";
    private static final String THIEF = "{\"PublicIP\":\"198.51.100.66\"}";
    private static final NetworkConfig CONFIG = new NetworkConfig(
            Ipv4Prefix.parse("10.0.0.0/16"),
            24,
            Ipv4Prefix.parse("10.0.1.0/24"),
            Ipv4Prefix.parse("10.0.255.0/24"),
            Backend.DEFAULT);

    private final LogLines log = new LogLines(Level.WARN);
    private final VirtualLoop loop = new VirtualLoop();
    private final MemoryStore store = new MemoryStore(loop);
    private final MemoryRegistry registry = new MemoryRegistry(store, loop);
    private final Counters counters = new Counters();

    @AfterEach
    void restoreLog() {
        log.close();
    }

    private Host host(OnLost onLost) {
        return new Host("198.51.100.1", registry, LeasePolicy.DEFAULT.onLost(onLost)).start();
    }

    private Host clone(String address) {
        return new Host(address, new MemoryRegistry(store, loop), LeasePolicy.DEFAULT).start();
    }

    /** A host that starts with what an earlier run saved: the lease of {@link #HOME}. */
    private Host resumedAt(String address, OnLost onLost) {
        LeaseAttributes own = LeaseAttributes.own(Ipv4.parse(address), NODE);
        Host host = new Host(address, new MemoryRegistry(store, loop), LeasePolicy.DEFAULT.onLost(onLost));
        loop.execute(() -> host.keeper.resume(new Lease(Ipv4Prefix.parse(HOME), own, 0, 0, 0), loop.wallTime()));
        return host;
    }

    private Optional<RegistryEntry> home() {
        return store.get(Ipv4Prefix.parse(HOME));
    }

    private void steal() {
        store.putLease(HOME, THIEF);
    }

    @Test
    void aDeletedKeyIsCreatedAgainWithTheEtcdLeaseThatItHad() {
        Host host = host(OnLost.FENCE);
        long etcdLease = home().orElseThrow().etcdLeaseId();
        store.deleteSubnet(HOME);
        host.verify();
        assertThat(host.subnet()).contains(HOME);
        assertThat(home().orElseThrow().etcdLeaseId()).isEqualTo(etcdLease);
        assertThat(store.grantCount()).isEqualTo(1);
        assertThat(host.lost).containsExactly(HOME + " gone");
        assertThat(counters.get(Counter.LEASE_LOSSES)).isEqualTo(1);
        assertThat(counters.get(Counter.LEASE_FENCES)).isZero();
    }

    @Test
    void anEtcdLeaseThatWasRevokedInTheMiddleOfItIsReplaced() {
        Host host = host(OnLost.FENCE);
        long etcdLease = home().orElseThrow().etcdLeaseId();
        store.deleteSubnet(HOME);
        registry.beforeNextCreate(() -> store.revoke(etcdLease));
        host.verify();
        loop.run(SOON);
        assertThat(host.subnet()).contains(HOME);
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void fencedTheHostTakesAnotherSubnetAndLeavesNoEtcdLeaseBehind() {
        Host host = host(OnLost.FENCE);
        steal();
        host.verify();
        assertThat(host.lost).containsExactly(HOME + " taken");
        assertThat(host.subnet()).isPresent().isNotEqualTo(Optional.of(HOME));
        assertThat(home().orElseThrow().value()).isEqualTo(THIEF);
        assertThat(store.grantCount()).isEqualTo(1);
        assertThat(counters.get(Counter.LEASE_FENCES)).isEqualTo(1);
        assertThat(log.linesWith(HOME + " was taken by 198.51.100.66")).hasSize(1);
    }

    @Test
    void aSubnetThatIsTakenWhileItsKeyIsBeingCreatedAgainIsGivenUp() {
        Host host = host(OnLost.FENCE);
        store.deleteSubnet(HOME);
        registry.beforeNextCreate(this::steal);
        host.verify();
        assertThat(host.lost).containsExactly(HOME + " gone", HOME + " taken");
        assertThat(host.subnet()).isPresent().isNotEqualTo(Optional.of(HOME));
        assertThat(home().orElseThrow().value()).isEqualTo(THIEF);
    }

    @Test
    void askedToExitTheHostEndsWithOneLine() {
        Host host = host(OnLost.EXIT);
        steal();
        host.verify();
        assertThat(host.lost).containsExactly(HOME + " taken");
        assertThat(host.refusals)
                .singleElement()
                .asString()
                .contains(HOME + " was taken by 198.51.100.66", "-on-lease-lost=exit")
                .doesNotContain("\n");
        assertThat(host.keeper.status().state()).isEqualTo(LeaseKeeper.State.STOPPED);
        assertThat(store.grantCount()).isZero();
    }

    @Test
    void askedToKeepTheSubnetTheHostGoesOnAndHasItAgainWhenItIsFree() {
        Host host = host(OnLost.KEEP);
        steal();
        host.verify();
        loop.run(Duration.ofMinutes(5));
        assertThat(host.lost).isEmpty();
        assertThat(host.keeper.status().state()).isEqualTo(LeaseKeeper.State.LOST);
        assertThat(registry.calls(Verb.CREATE)).isEqualTo(1);
        assertThat(log.linesWith("going on with it")).hasSize(1);
        store.deleteSubnet(HOME);
        loop.run(Duration.ofSeconds(31));
        assertThat(host.subnet()).contains(HOME);
        assertThat(host.keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
    }

    @Test
    void aLeaseThatIsAboutToRunOutIsToldAtOnceAQuarterIsLeft() {
        Host host = host(OnLost.FENCE);
        registry.down(true);
        loop.run(Duration.ofHours(18));
        assertThat(log.linesWith("cannot renew the lease")).hasSize(1);
        assertThat(log.linesWith("runs out in")).isEmpty();
        loop.run(Duration.ofMinutes(5));
        assertThat(log.linesWith("the lease of " + HOME + " runs out in 359 min"))
                .hasSize(1);
        LeaseStatus status = host.keeper.status();
        assertThat(status.state()).isEqualTo(LeaseKeeper.State.UNCONFIRMED);
        assertThat(Duration.between(loop.wallTime(), status.expiresAt().orElseThrow()))
                .isBetween(Duration.ofHours(5), Duration.ofHours(6));
        loop.run(Duration.ofHours(2));
        assertThat(log.linesWith("runs out in")).hasSize(1);
    }

    @Test
    void aReleasedLeaseIsGoneFromTheStore() {
        Host host = host(OnLost.FENCE);
        CompletableFuture<Void> released = host.keeper.release();
        loop.run(SOON);
        assertThat(released).isCompleted();
        assertThat(home()).isEmpty();
        assertThat(store.grantCount()).isZero();
    }

    @Test
    void aReservationIsNeverReleased() {
        store.putLease(
                HOME,
                new NodeIdentity(NODE, Ipv4.parse("198.51.100.1")).attributes().toJson());
        Host host = host(OnLost.FENCE);
        host.keeper.release();
        loop.run(SOON);
        assertThat(home()).isPresent();
    }

    @Test
    void aCloneOfALiveHostIsRefusedAndTheHostDoesNotNotice() {
        Host host = host(OnLost.FENCE);
        watchFor(host);
        Host clone = clone("198.51.100.2");
        loop.run(LeaseClaim.WAIT.plus(SOON));
        assertThat(clone.refusals)
                .singleElement()
                .asString()
                .contains("node id " + NODE, "198.51.100.1", HOME, "remove node-id")
                .doesNotContain("\n");
        assertThat(host.lost).isEmpty();
        assertThat(home().orElseThrow().value()).doesNotContain("Claimant").contains("198.51.100.1");
        assertThat(log.linesWith("denied")).hasSize(1);
    }

    @Test
    void aHostThatMovedHasItsLeaseAgainAndNoPeerSawTheClaim() {
        host(OnLost.FENCE).keeper.stop();
        Host moved = clone("198.51.100.2");
        loop.run(SOON);
        assertThat(Lease.of(home().orElseThrow()).attributes().publicIp()).isEqualTo(Ipv4.parse("198.51.100.1"));
        loop.run(LeaseClaim.WAIT);
        assertThat(moved.subnet()).contains(HOME);
        assertThat(Lease.of(home().orElseThrow()).attributes())
                .isEqualTo(LeaseAttributes.own(Ipv4.parse("198.51.100.2"), NODE));
    }

    @ParameterizedTest
    @EnumSource(OnLost.class)
    void aHostThatMovedWhileItCarriedASavedLeaseGoesOnWithIt(OnLost onLost) {
        host(OnLost.FENCE).keeper.stop();
        Host moved = resumedAt("198.51.100.2", onLost);
        loop.run(LeaseClaim.WAIT.plus(SOON));
        assertThat(moved.lost).isEmpty();
        assertThat(moved.refusals).isEmpty();
        assertThat(counters.get(Counter.LEASE_LOSSES)).isZero();
        assertThat(moved.keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(Lease.of(home().orElseThrow()).attributes())
                .isEqualTo(LeaseAttributes.own(Ipv4.parse("198.51.100.2"), NODE));
    }

    @Test
    void aCloneThatCarriesTheSavedLeaseOfALiveHostGivesItUp() {
        Host owner = host(OnLost.FENCE);
        watchFor(owner);
        Host clone = resumedAt("198.51.100.2", OnLost.FENCE);
        loop.run(LeaseClaim.WAIT.plus(SOON));
        assertThat(clone.lost).containsExactly(HOME + " taken");
        assertThat(clone.keeper.status().state()).isEqualTo(LeaseKeeper.State.LOST);
        assertThat(owner.lost).isEmpty();
        assertThat(log.linesWith("no new lease: node id " + NODE)).hasSize(1);
    }

    @Test
    void aCloneThatCarriesTheSavedLeaseOfALiveHostEndsIfAskedTo() {
        Host owner = host(OnLost.FENCE);
        watchFor(owner);
        Host clone = resumedAt("198.51.100.2", OnLost.EXIT);
        loop.run(LeaseClaim.WAIT.plus(SOON));
        assertThat(clone.lost).containsExactly(HOME + " taken");
        assertThat(clone.refusals)
                .singleElement()
                .asString()
                .contains(HOME, "node id " + NODE, "-on-lease-lost=exit")
                .doesNotContain("\n");
        assertThat(clone.keeper.status().state()).isEqualTo(LeaseKeeper.State.STOPPED);
    }

    @Test
    void aCloneThatKeepsTheSavedLeaseOfALiveHostHasItOnceThatHostIsGone() {
        Host owner = host(OnLost.FENCE);
        watchFor(owner);
        Host clone = resumedAt("198.51.100.2", OnLost.KEEP);
        loop.run(Duration.ofMinutes(10));
        assertThat(clone.lost).isEmpty();
        assertThat(clone.keeper.status().state()).isEqualTo(LeaseKeeper.State.LOST);
        assertThat(owner.lost).isEmpty();
        owner.keeper.stop();
        loop.run(Duration.ofMinutes(6));
        assertThat(clone.subnet()).contains(HOME);
        assertThat(clone.keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
    }

    @ParameterizedTest
    @EnumSource(OnLost.class)
    void aHostThatMovesWhileItsKeyIsBeingCreatedAgainGoesOn(OnLost onLost) {
        Host host = host(onLost);
        store.deleteSubnet(HOME);
        registry.next(Verb.CREATE, Fate.ANSWER_LOST);
        registry.next(Verb.GET, Fate.ANSWERED, Fate.REQUEST_LOST, Fate.REQUEST_LOST, Fate.REQUEST_LOST);
        registry.next(Verb.REVOKE, Fate.REQUEST_LOST, Fate.REQUEST_LOST);
        loop.execute(host.keeper::verify);
        loop.run(Duration.ofMillis(50));
        assertThat(home()).isPresent();
        assertThat(host.subnet()).isEmpty();
        loop.execute(() -> host.keeper.readdress(Ipv4.parse("198.51.100.2")));
        loop.run(Duration.ofSeconds(30));
        assertThat(host.lost).containsExactly(HOME + " gone");
        assertThat(host.refusals).isEmpty();
        assertThat(host.subnet()).contains(HOME);
        assertThat(Lease.of(home().orElseThrow()).attributes())
                .isEqualTo(LeaseAttributes.own(Ipv4.parse("198.51.100.2"), NODE));
    }

    @Test
    void ofTwoClonesThatMeetOverADeadHostsLeaseOneHasIt() {
        host(OnLost.FENCE).keeper.stop();
        Host first = clone("198.51.100.2");
        loop.run(SOON);
        Host second = clone("198.51.100.3");
        watchFor(first);
        watchFor(second);
        loop.run(Duration.ofSeconds(30));
        assertThat(first.subnet()).contains(HOME);
        assertThat(second.refusals).hasSize(1);
        assertThat(second.subnet()).isEmpty();
    }

    @Test
    void theYoungerOfTwoClonesGivesWayAndALeftoverIsGivenBack() {
        Host older = host(OnLost.FENCE);
        watchFor(older);
        String twin = LeaseAttributes.own(Ipv4.parse("198.51.100.2"), NODE).toJson();
        store.putLease("10.0.77.0/24", twin, Duration.ofDays(1));
        older.lookAt("10.0.77.0/24");
        loop.run(LeaseClaim.WAIT.plus(SOON));
        assertThat(store.get(Ipv4Prefix.parse("10.0.77.0/24"))).isEmpty();
        assertThat(older.subnet()).contains(HOME);
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void aLeftoverThatSharesTheEtcdLeaseIsDeletedAlone() {
        Host host = host(OnLost.FENCE);
        RegistrySnapshot backup = store.snapshot();
        steal();
        host.verify();
        String subnet = host.subnet().orElseThrow();
        store.restore(backup);
        host.verify();
        host.lookAt(HOME);
        loop.run(SOON);
        assertThat(host.subnet()).contains(subnet);
        assertThat(home()).isEmpty();
        assertThat(store.get(Ipv4Prefix.parse(subnet))).isPresent();
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void aLeftoverIsGivenBackThoughCallsFail() {
        Host host = host(OnLost.FENCE);
        store.putLease("10.0.77.0/24", ownValue(), Duration.ofDays(1));
        registry.next(Verb.GET, Fate.REQUEST_LOST);
        registry.next(Verb.REVOKE, Fate.REQUEST_LOST, Fate.DENIED, Fate.ANSWER_LOST);
        host.lookAt("10.0.77.0/24");
        loop.run(Duration.ofMinutes(1));
        assertThat(store.get(Ipv4Prefix.parse("10.0.77.0/24"))).isEmpty();
        assertThat(host.subnet()).contains(HOME);
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void aLeftoverOnTheOwnEtcdLeaseIsDeletedThoughTheFirstTryIsLost() {
        Host host = host(OnLost.FENCE);
        Ipv4Prefix leftover = Ipv4Prefix.parse("10.0.77.0/24");
        LeaseAttributes own = LeaseAttributes.own(Ipv4.parse("198.51.100.1"), NODE);
        registry.create(leftover, own, home().orElseThrow().etcdLeaseId());
        loop.run(SOON);
        registry.next(Verb.DELETE, Fate.REQUEST_LOST);
        host.lookAt(leftover.toString());
        loop.run(Duration.ofMinutes(1));
        assertThat(store.get(leftover)).isEmpty();
        assertThat(host.subnet()).contains(HOME);
        assertThat(home()).isPresent();
    }

    @Test
    void aLeftoverThatIsWrittenAgainWhileItIsGivenBackIsGivenBackAgain() {
        Host host = host(OnLost.FENCE);
        store.putLease("10.0.77.0/24", ownValue(), Duration.ofDays(1));
        registry.beforeRevoke(etcdLeaseId -> {
            registry.beforeRevoke(again -> {});
            store.putLease("10.0.77.0/24", ownValue(), Duration.ofDays(1));
        });
        host.lookAt("10.0.77.0/24");
        loop.run(Duration.ofMinutes(1));
        assertThat(store.get(Ipv4Prefix.parse("10.0.77.0/24"))).isEmpty();
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void aLeftoverThatIsSeenWhileTheLeaseIsUnconfirmedIsGivenBackOnceItIsConfirmed() {
        Host host = host(OnLost.FENCE);
        registry.down(true);
        host.verify();
        loop.run(Duration.ofMinutes(1));
        assertThat(host.keeper.status().state()).isEqualTo(LeaseKeeper.State.UNCONFIRMED);
        store.putLease("10.0.77.0/24", ownValue(), Duration.ofDays(1));
        host.lookAt("10.0.77.0/24");
        loop.run(SOON);
        registry.down(false);
        loop.run(Duration.ofMinutes(1));
        assertThat(host.keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(store.get(Ipv4Prefix.parse("10.0.77.0/24"))).isEmpty();
    }

    @Test
    void anEtcdLeaseKeepsOneSubnetOnlySoThatABackupCannotTieTwoTogether() {
        Host host = host(OnLost.FENCE);
        long etcdLease = home().orElseThrow().etcdLeaseId();
        RegistrySnapshot backup = store.snapshot();
        steal();
        host.verify();
        assertThat(host.keeper.own().orElseThrow().etcdLeaseId()).isNotEqualTo(etcdLease);
        String subnet = host.subnet().orElseThrow();
        store.restore(backup);
        host.verify();
        assertThat(host.subnet()).contains(subnet);
        assertThat(store.keptAliveBy(host.keeper.own().orElseThrow().etcdLeaseId()))
                .hasSize(1);
    }

    @Test
    void anEtcdLeaseWhoseSubnetIsTakenWhileItIsCreatedAgainIsGivenBack() {
        Host host = host(OnLost.FENCE);
        long etcdLease = home().orElseThrow().etcdLeaseId();
        store.deleteSubnet(HOME);
        registry.beforeNextCreate(this::steal);
        registry.next(Verb.REVOKE, Fate.REQUEST_LOST);
        host.verify();
        loop.run(Duration.ofMinutes(1));
        assertThat(host.keeper.own().orElseThrow().etcdLeaseId()).isNotEqualTo(etcdLease);
        assertThat(store.grantCount()).isEqualTo(1);
    }

    private static String ownValue() {
        return LeaseAttributes.own(Ipv4.parse("198.51.100.1"), NODE).toJson();
    }

    /** Stands in for the watch: the keeper hears of each change of its key. */
    private void watchFor(Host host) {
        long[] seen = new long[1];
        Runnable[] look = new Runnable[1];
        look[0] = () -> {
            long now = home().map(RegistryEntry::modRevision).orElse(0L);
            boolean isNews =
                    host.keeper.own().filter(own -> own.modRevision() != now).isPresent();
            if (isNews && now != seen[0]) {
                seen[0] = now;
                host.keeper.verify();
            }
            loop.schedule(Duration.ofMillis(50), look[0]);
        };
        loop.execute(look[0]);
    }

    private final class Host implements LeaseKeeper.Listener {
        final List<String> lost = new ArrayList<>();
        final List<String> refusals = new ArrayList<>();
        final LeaseKeeper keeper;

        Host(String address, MemoryRegistry own, LeasePolicy policy) {
            LeaseTerms terms = new LeaseTerms(
                    new NodeIdentity(NODE, Ipv4.parse(address)), Optional.of(Ipv4Prefix.parse(HOME)), policy);
            ControlContext context = new ControlContext(own, loop, new SplittableRandom(1), counters);
            keeper = new LeaseKeeper(context, CONFIG, terms, new FreedSubnets(loop), this);
        }

        Host start() {
            loop.execute(keeper::start);
            loop.run(SOON);
            return this;
        }

        void verify() {
            loop.execute(keeper::verify);
            loop.run(SOON);
        }

        void lookAt(String subnet) {
            RegistryEntry entry = store.get(Ipv4Prefix.parse(subnet)).orElseThrow();
            loop.execute(() -> keeper.lookAtTwin(entry));
        }

        Optional<String> subnet() {
            return keeper.own().map(lease -> lease.subnet().toString());
        }

        @Override
        public void onHeld(Lease lease) {}

        @Override
        public void onLost(Lease lease, boolean taken) {
            lost.add(lease.subnet() + (taken ? " taken" : " gone"));
        }

        @Override
        public void onRefused(String message) {
            refusals.add(message);
        }
    }
}
