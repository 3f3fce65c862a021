package io.rudder.lease;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseKeeperTest {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final NetworkConfig CONFIG = pool("10.0.1.0/24", "10.0.255.0/24");
    private static final String ADDRESS = "198.51.100.1";
    private static final String NODE = "0123456789abcdef0123456789abcdef";
    private static final String OWN_VALUE =
            new NodeIdentity(NODE, Ipv4.parse(ADDRESS)).attributes().toJson();

    private final LogLines log = new LogLines(Level.INFO);
    private final VirtualLoop loop = new VirtualLoop();
    private final MemoryStore store = new MemoryStore(loop);
    private final MemoryRegistry registry = new MemoryRegistry(store, loop);
    private final Counters counters = new Counters();
    private final Heard heard = new Heard();

    private NetworkConfig config = CONFIG;
    private Optional<Ipv4Prefix> previous = Optional.empty();
    private boolean takeOver;

    @AfterEach
    void restoreLog() {
        log.close();
    }

    private static NetworkConfig pool(String min, String max) {
        return new NetworkConfig(
                Ipv4Prefix.parse("10.0.0.0/16"), 24, Ipv4Prefix.parse(min), Ipv4Prefix.parse(max), Backend.DEFAULT);
    }

    private static String value(String publicIp, String nodeId) {
        return new LeaseAttributes(Ipv4.parse(publicIp), Optional.of(nodeId), Optional.empty()).toJson();
    }

    private LeaseKeeper keeper() {
        LeaseTerms terms = new LeaseTerms(
                new NodeIdentity(NODE, Ipv4.parse(ADDRESS)), previous, LeasePolicy.DEFAULT.takingOver(takeOver));
        ControlContext context = new ControlContext(registry, loop, new SplittableRandom(1), counters);
        return new LeaseKeeper(context, config, terms, new FreedSubnets(loop), heard);
    }

    private LeaseKeeper started() {
        LeaseKeeper keeper = keeper();
        loop.execute(keeper::start);
        loop.run(SOON);
        return keeper;
    }

    private RegistryEntry entry(String subnet) {
        return store.get(Ipv4Prefix.parse(subnet)).orElseThrow();
    }

    private void assertHolds(LeaseKeeper keeper, String subnet) {
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(keeper.own().orElseThrow().subnet()).hasToString(subnet);
        assertThat(entry(subnet).value()).isEqualTo(OWN_VALUE);
    }

    @Test
    void createsALeaseWithItsValueAndAnEtcdLease() {
        LeaseKeeper keeper = started();
        Lease own = keeper.own().orElseThrow();
        assertThat(CONFIG.allows(own.subnet())).isTrue();
        assertHolds(keeper, own.subnet().toString());
        assertThat(entry(own.subnet().toString()).etcdLeaseId())
                .isEqualTo(own.etcdLeaseId())
                .isPositive();
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void theLeaseWithTheNodeIdComesFirst() {
        store.putLease("10.0.7.0/24", "{\"PublicIP\":\"" + ADDRESS + "\"}", Duration.ofDays(1));
        store.putLease("10.0.9.0/24", OWN_VALUE, Duration.ofDays(1));
        previous = Optional.of(Ipv4Prefix.parse("10.0.11.0/24"));
        assertHolds(started(), "10.0.9.0/24");
    }

    @Test
    void thenTheOneWithTheAddressThatNamesNoNode() {
        store.putLease("10.0.7.0/24", "{\"PublicIP\":\"" + ADDRESS + "\",\"PublicIPv6\":null}", Duration.ofDays(1));
        previous = Optional.of(Ipv4Prefix.parse("10.0.11.0/24"));
        assertHolds(started(), "10.0.7.0/24");
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void thenThePreviousSubnetIfItIsFreeAndAllowed() {
        previous = Optional.of(Ipv4Prefix.parse("10.0.11.0/24"));
        assertHolds(started(), "10.0.11.0/24");
    }

    @Test
    void aPreviousSubnetThatIsTakenOrOfAnotherNetworkIsNotInsistedOn() {
        store.putLease("10.0.11.0/24", value("198.51.100.2", "other"));
        previous = Optional.of(Ipv4Prefix.parse("10.0.11.0/24"));
        assertThat(started().own().orElseThrow().subnet()).isNotEqualTo(previous.get());
        previous = Optional.of(Ipv4Prefix.parse("172.16.5.0/24"));
        assertThat(CONFIG.allows(started().own().orElseThrow().subnet())).isTrue();
    }

    @Test
    void aLostRaceIsTriedAgainWithTheSameEtcdLease() {
        previous = Optional.of(Ipv4Prefix.parse("10.0.11.0/24"));
        registry.beforeNextCreate(() -> store.putLease("10.0.11.0/24", value("198.51.100.2", "other")));
        LeaseKeeper keeper = started();
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(keeper.own().orElseThrow().subnet()).isNotEqualTo(previous.get());
        assertThat(registry.calls(Verb.CREATE)).isEqualTo(2);
        assertThat(registry.calls(Verb.GRANT)).isEqualTo(1);
        assertThat(registry.calls(Verb.LIST)).isEqualTo(1);
    }

    @Test
    void aCreationWhoseAnswerWasLostIsFoundInTheKey() {
        registry.next(Verb.CREATE, Fate.ANSWER_LOST);
        LeaseKeeper keeper = started();
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(registry.calls(Verb.CREATE)).isEqualTo(1);
        assertThat(store.snapshot().entries()).hasSize(1);
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void aCreationThatArrivesLateIsRefusedBecauseItsEtcdLeaseWasRevoked() {
        registry.next(Verb.CREATE, Fate.ARRIVES_LATE);
        LeaseKeeper keeper = started();
        loop.run(Duration.ofSeconds(10));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(store.snapshot().entries()).hasSize(1);
        assertThat(store.grantCount()).isEqualTo(1);
        assertThat(registry.calls(Verb.REVOKE)).isEqualTo(1);
    }

    @Test
    void aCreationOfUnknownOutcomeThatLostToAnotherHostIsTriedElsewhere() {
        previous = Optional.of(Ipv4Prefix.parse("10.0.11.0/24"));
        registry.next(Verb.CREATE, Fate.ANSWER_LOST);
        registry.beforeNextCreate(() -> store.putLease("10.0.11.0/24", value("198.51.100.2", "other")));
        LeaseKeeper keeper = started();
        assertThat(keeper.own().orElseThrow().subnet()).isNotEqualTo(previous.get());
        assertThat(entry("10.0.11.0/24").value()).contains("198.51.100.2");
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void aRestartWithTheSameValueOnlyRenews() {
        LeaseKeeper before = started();
        before.stop();
        int changes = store.history().size();
        assertHolds(started(), before.own().orElseThrow().subnet().toString());
        assertThat(store.history()).hasSize(changes);
        assertThat(registry.calls(Verb.RENEW)).isEqualTo(1);
    }

    @Test
    void aLeaseThatRunsOutBetweenListAndRenewalIsCreatedAgain() {
        store.putLease("10.0.9.0/24", OWN_VALUE, Duration.ofMillis(3));
        registry.latency(() -> Duration.ofMillis(2));
        LeaseKeeper keeper = started();
        assertHolds(keeper, "10.0.9.0/24");
        assertThat(registry.calls(Verb.CREATE)).isEqualTo(1);
    }

    @Test
    void aChangedAddressIsWrittenIntoTheSameLease() {
        store.putLease("10.0.9.0/24", value("198.51.100.77", NODE), Duration.ofDays(1));
        long etcdLease = entry("10.0.9.0/24").etcdLeaseId();
        LeaseKeeper keeper = started();
        loop.run(LeaseClaim.WAIT);
        assertHolds(keeper, "10.0.9.0/24");
        assertThat(entry("10.0.9.0/24").value()).isEqualTo(OWN_VALUE);
        assertThat(entry("10.0.9.0/24").etcdLeaseId()).isEqualTo(etcdLease);
    }

    @Test
    void anAddressThatChangesWhileTheLeaseIsHeldIsWrittenIntoIt() {
        LeaseKeeper keeper = started();
        Lease before = keeper.own().orElseThrow();

        keeper.readdress(Ipv4.parse("198.51.100.88"));
        assertThat(keeper.own()).contains(before);
        loop.run(Duration.ofSeconds(1));

        Lease after = keeper.own().orElseThrow();
        assertThat(after.subnet()).isEqualTo(before.subnet());
        assertThat(after.etcdLeaseId()).isEqualTo(before.etcdLeaseId());
        assertThat(entry(after.subnet().toString()).value()).isEqualTo(value("198.51.100.88", NODE));
        keeper.verify();
        loop.run(Duration.ofDays(2));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(heard.lost).isEmpty();
    }

    @Test
    void anAddressThatCannotBeWrittenLeavesTheLeaseUnconfirmedAndItsExpiryIsTold() {
        LeaseKeeper keeper = started();
        registry.down(true);
        loop.execute(() -> keeper.readdress(Ipv4.parse("198.51.100.88")));
        loop.run(Duration.ofMinutes(1));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.UNCONFIRMED);
        assertThat(log.linesWith("cannot renew the lease")).hasSize(1);
        int looks = heard.looks;
        loop.run(Duration.ofMinutes(1));
        assertThat(heard.looks).isGreaterThan(looks);

        loop.run(Duration.ofHours(17));
        assertThat(log.linesWith("runs out in")).isEmpty();
        loop.run(Duration.ofHours(2));
        assertThat(log.linesWith("runs out in")).hasSize(1);

        registry.down(false);
        loop.run(Duration.ofSeconds(8));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(keeper.own().orElseThrow().attributes().publicIp()).isEqualTo(Ipv4.parse("198.51.100.88"));
        assertThat(heard.lost).isEmpty();
    }

    @Test
    void anAddressThatChangesBeforeTheRegistryFirstAnswersIsWrittenOnceItDoes() {
        LeaseKeeper earlier = started();
        Lease lease = earlier.own().orElseThrow();
        earlier.stop();
        registry.down(true);
        LeaseKeeper keeper = keeper();
        loop.execute(() -> keeper.resume(lease, loop.wallTime()));
        loop.run(SOON);

        keeper.readdress(Ipv4.parse("198.51.100.88"));
        keeper.verify();
        registry.down(false);
        loop.run(Duration.ofMinutes(1));

        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(keeper.own().orElseThrow().subnet()).isEqualTo(lease.subnet());
        assertThat(entry(lease.subnet().toString()).value()).isEqualTo(value("198.51.100.88", NODE));
    }

    @Test
    void aReservationOfTheOldAddressFollowsTheHost() {
        store.putLease("10.0.42.0/24", "{\"PublicIP\":\"" + ADDRESS + "\"}");
        LeaseKeeper keeper = started();

        keeper.readdress(Ipv4.parse("198.51.100.88"));
        loop.run(Duration.ofSeconds(1));

        assertThat(keeper.own().orElseThrow().subnet()).hasToString("10.0.42.0/24");
        assertThat(entry("10.0.42.0/24").value()).isEqualTo(value("198.51.100.88", NODE));
        assertThat(entry("10.0.42.0/24").etcdLeaseId()).isZero();
    }

    @Test
    void aReservationIsTakenOverAsItIsAndNeverExpires() {
        String value = "{\"PublicIP\":\"" + ADDRESS + "\"}";
        store.putLease("10.0.42.0/24", value);
        int changes = store.history().size();
        LeaseKeeper keeper = started();
        loop.run(Duration.ofDays(3));
        assertThat(keeper.own().orElseThrow().subnet()).hasToString("10.0.42.0/24");
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(entry("10.0.42.0/24").value()).isEqualTo(value);
        assertThat(entry("10.0.42.0/24").etcdLeaseId()).isZero();
        assertThat(store.history()).hasSize(changes);
        assertThat(store.grantCount()).isZero();
    }

    @Test
    void aReservationMayBeOutsideTheRangeThatIsHandedOut() {
        config = pool("10.0.1.0/24", "10.0.9.0/24");
        store.putLease("10.0.42.0/24", "{\"PublicIP\":\"" + ADDRESS + "\"}");
        assertThat(started().own().orElseThrow().subnet()).hasToString("10.0.42.0/24");
    }

    @Test
    void refusesTheAddressOfAnotherLiveNode() {
        store.putLease("10.0.9.0/24", value(ADDRESS, "somebody"), Duration.ofDays(1));
        LeaseKeeper keeper = started();
        assertThat(heard.refusals)
                .singleElement()
                .asString()
                .contains(ADDRESS, "somebody", "10.0.9.0/24", "-take-over");
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.STOPPED);
        assertThat(entry("10.0.9.0/24").value()).contains("somebody");
        assertThat(registry.calls(Verb.GRANT)).isZero();
    }

    @Test
    void takesTheLeaseOfThatNodeOverWhenTold() {
        store.putLease("10.0.9.0/24", value(ADDRESS, "somebody"), Duration.ofDays(1));
        long theirs = entry("10.0.9.0/24").etcdLeaseId();
        takeOver = true;
        assertHolds(started(), "10.0.9.0/24");
        assertThat(entry("10.0.9.0/24").etcdLeaseId()).isNotEqualTo(theirs);
        store.revoke(theirs);
        assertThat(store.get(Ipv4Prefix.parse("10.0.9.0/24"))).isPresent();
    }

    @Test
    void waitsWhileThePoolIsFullAndSaysSo() {
        config = pool("10.0.1.0/24", "10.0.2.0/24");
        store.putLease("10.0.1.0/24", value("198.51.100.2", "b"));
        store.putLease("10.0.2.0/24", value("198.51.100.3", "c"));
        LeaseKeeper keeper = started();
        loop.run(Duration.ofMinutes(5));
        assertThat(log.linesWith("2 of 2 subnets of 10.0.0.0/16 are taken")).hasSizeBetween(4, 6);
        store.deleteSubnet("10.0.2.0/24");
        loop.run(Duration.ofSeconds(31));
        assertHolds(keeper, "10.0.2.0/24");
    }

    @Test
    void triesOnForAsLongAsTheRegistryFails() {
        registry.down(true);
        LeaseKeeper keeper = started();
        loop.run(Duration.ofHours(1));
        assertThat(log.linesWith("cannot acquire a lease yet")).hasSizeBetween(50, 62);
        assertThat(registry.reconnects()).isPositive();
        registry.down(false);
        loop.run(Duration.ofSeconds(8));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
    }

    @ParameterizedTest
    @EnumSource(
            value = Verb.class,
            names = {"GRANT", "CREATE"})
    void aRegistryThatRefusesIsNotFloodedAndServesTheHostOnceItAllowsIt(Verb refused) {
        registry.fates(verb -> verb == refused ? Fate.DENIED : Fate.ANSWERED);
        LeaseKeeper keeper = started();
        assertCallsAMinute(60);
        assertThat(store.grantCount()).isLessThanOrEqualTo(1);
        assertThat(registry.reconnects()).isZero();
        registry.fates(verb -> Fate.ANSWERED);
        loop.run(Duration.ofSeconds(16));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void aClaimThatMayNotBeWrittenDoesNotFloodTheRegistry() {
        store.putLease("10.0.9.0/24", value("198.51.100.77", NODE), Duration.ofDays(1));
        registry.fates(verb -> verb == Verb.UPDATE ? Fate.DENIED : Fate.ANSWERED);
        started();
        assertCallsAMinute(60);
    }

    private void assertCallsAMinute(int limit) {
        loop.run(Duration.ofMinutes(1));
        for (int minute = 0; minute < 10; minute++) {
            int before = calls();
            loop.run(Duration.ofMinutes(1));
            assertThat(calls() - before).isBetween(1, limit - 1);
        }
    }

    private int calls() {
        return Stream.of(Verb.values()).mapToInt(registry::calls).sum();
    }

    @Test
    void renewsForDaysWithoutWritingTheValue() {
        LeaseKeeper keeper = started();
        int changes = store.history().size();
        loop.run(Duration.ofDays(5));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
        assertThat(store.history()).hasSize(changes);
        assertThat(counters.get(Counter.LEASE_RENEWALS)).isBetween(105L, 135L);
    }

    @Test
    void missedRenewalsAreRetriedAndWarnedAboutOnce() {
        LeaseKeeper keeper = started();
        registry.down(true);
        loop.run(Duration.ofHours(2));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.UNCONFIRMED);
        assertThat(log.linesWith("cannot renew")).hasSize(1);
        assertThat(counters.get(Counter.LEASE_RENEWAL_FAILURES)).isBetween(1000L, 4000L);
        registry.down(false);
        loop.run(Duration.ofSeconds(8));
        assertThat(keeper.status().state()).isEqualTo(LeaseKeeper.State.HELD);
    }

    @Test
    void aLeaseThatIsGoneIsCreatedAgainWithTheSameSubnet() {
        LeaseKeeper keeper = started();
        Lease before = keeper.own().orElseThrow();
        store.revoke(before.etcdLeaseId());
        loop.run(Duration.ofMinutes(70));
        assertHolds(keeper, before.subnet().toString());
        assertThat(heard.lost).containsExactly(before.subnet() + " gone");
        assertThat(store.grantCount()).isEqualTo(1);
    }

    @Test
    void aLeaseThatSomebodyElseOwnsIsLeftToThem() {
        LeaseKeeper keeper = started();
        String before = keeper.own().orElseThrow().subnet().toString();
        store.putLease(before, value("203.0.113.9", "thief"));
        loop.run(Duration.ofMinutes(70));
        assertThat(heard.lost).containsExactly(before + " taken");
        assertThat(keeper.own().orElseThrow().subnet().toString()).isNotEqualTo(before);
        assertThat(entry(before).value()).contains("thief");
        assertThat(log.linesWith(before + " was taken by 203.0.113.9 (node thief)"))
                .hasSize(1);
    }

    @Test
    void anUnreadableValueInTheOwnKeyIsSomebodyElses() {
        LeaseKeeper keeper = started();
        String before = keeper.own().orElseThrow().subnet().toString();
        store.putLease(before, "");
        loop.execute(keeper::verify);
        loop.run(SOON);
        assertThat(heard.lost).containsExactly(before + " taken");
        assertThat(entry(before).value()).isEmpty();
    }

    @Test
    void aRenewalThatIsLateStillComesBeforeTheLeaseRunsOut() {
        LeaseTerms shortMargin = new LeaseTerms(
                new NodeIdentity(NODE, Ipv4.parse(ADDRESS)),
                Optional.empty(),
                LeasePolicy.DEFAULT.renewedEvery(Duration.ofHours(23)));
        for (int seed = 0; seed < 20; seed++) {
            ControlContext context = new ControlContext(registry, loop, new SplittableRandom(seed), counters);
            LeaseKeeper keeper = new LeaseKeeper(context, config, shortMargin, new FreedSubnets(loop), heard);
            loop.execute(keeper::start);
            loop.run(Duration.ofDays(4));
            keeper.stop();
        }
        assertThat(heard.lost).isEmpty();
    }

    @Test
    void twoHundredHostsAtOnceHaveTwoHundredSubnets() {
        List<LeaseKeeper> keepers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            NodeIdentity identity = new NodeIdentity("node-" + i, Ipv4.parse("198.51.100." + i));
            LeaseTerms terms = new LeaseTerms(identity, Optional.empty(), LeasePolicy.DEFAULT);
            ControlContext context = new ControlContext(
                    new MemoryRegistry(store, loop), loop, new SplittableRandom(1000 + i), new Counters());
            LeaseKeeper keeper = new LeaseKeeper(context, config, terms, new FreedSubnets(loop), heard);
            loop.execute(keeper::start);
            keepers.add(keeper);
        }
        loop.run(SOON);
        Set<Ipv4Prefix> subnets = new HashSet<>();
        keepers.forEach(keeper -> subnets.add(keeper.own().orElseThrow().subnet()));
        assertThat(subnets).hasSize(200);
        assertThat(store.snapshot().entries()).hasSize(200);
        assertThat(store.grantCount()).isEqualTo(200);
    }

    private static final class Heard implements LeaseKeeper.Listener {
        final List<String> lost = new ArrayList<>();
        final List<String> refusals = new ArrayList<>();
        int looks;

        @Override
        public void onHeld(Lease lease) {}

        @Override
        public void onLooked() {
            looks++;
        }

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
