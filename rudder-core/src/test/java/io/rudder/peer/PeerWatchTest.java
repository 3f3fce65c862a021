package io.rudder.peer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rudder.lease.ControlContext;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.testing.LogLines;
import io.rudder.testing.MemoryRegistry;
import io.rudder.testing.MemoryRegistry.Verb;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.MemoryWatch;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerWatchTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final LogLines log = new LogLines(Level.INFO);
    private final VirtualLoop loop = new VirtualLoop();
    private final MemoryStore store = new MemoryStore(loop);
    private final MemoryRegistry registry = new MemoryRegistry(store, loop);
    private final Counters counters = new Counters();
    private final Heard heard = new Heard();
    private final PeerWatch watch =
            new PeerWatch(new ControlContext(registry, loop, new SplittableRandom(1), counters), heard);

    @BeforeEach
    void startWithOneEntry() {
        store.put("subnets/a", "1");
        loop.execute(watch::start);
        loop.run(SOON);
    }

    @AfterEach
    void restoreLog() {
        log.close();
    }

    private MemoryWatch current() {
        assertThat(registry.watches()).hasSize(1);
        return registry.watches().get(0);
    }

    private void assertHeardOnce(String... changes) {
        loop.run(SOON);
        assertThat(heard.changes).containsExactly(changes);
        assertThat(heard.snapshots).hasSize(1);
    }

    @Test
    void listsOnceAndWatchesFromTheNextRevision() {
        assertThat(heard.snapshots)
                .singleElement()
                .extracting(RegistrySnapshot::revision)
                .isEqualTo(2L);
        assertThat(current().fromRevision()).isEqualTo(3);
        store.put("subnets/b", "2");
        store.delete("subnets/a");
        assertHeardOnce("+subnets/b", "-subnets/a");
        assertThat(watch.appliedRevision()).isEqualTo(store.snapshot().revision());
    }

    @Test
    void aCutWatchGoesOnFromTheLastAppliedRevision() {
        store.put("subnets/b", "2");
        loop.run(SOON);
        registry.cutWatches();
        loop.run(Duration.ofMillis(10));
        store.put("subnets/c", "3");
        assertHeardOnce("+subnets/b", "+subnets/c");
        assertThat(current().fromRevision()).isEqualTo(4);
        assertThat(counters.get(Counter.REGISTRY_WATCH_RESTARTS)).isEqualTo(1);
    }

    @Test
    void noChangeIsMissedOrDoubledOverTwoHundredCuts() {
        List<String> expected = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 200; i++) {
            store.put("subnets/" + i, "x");
            expected.add("+subnets/" + i);
            loop.run(Duration.ofMillis(random.nextInt(150)));
            registry.cutWatches();
        }
        loop.run(Duration.ofSeconds(8));
        assertHeardOnce(expected.toArray(String[]::new));
        assertThat(log.linesWith("lost touch").size()).isLessThan(10);
    }

    @Test
    void eventsThatComeTwiceAreHeardOnce() {
        store.put("subnets/b", "2");
        store.put("subnets/c", "3");
        loop.run(SOON);
        current().repeat(0, 2);
        assertHeardOnce("+subnets/b", "+subnets/c");
    }

    @Test
    void aSilentWatchIsReplacedWithinTwentySeconds() {
        current().stall();
        store.put("subnets/b", "2");
        loop.run(Duration.ofSeconds(21));
        assertHeardOnce("+subnets/b");
        assertThat(log.linesWith("silent for 20 s")).hasSize(1);
    }

    @Test
    void aQuietWatchThatAnswersLives() {
        MemoryWatch before = current();
        loop.run(Duration.ofMinutes(50));
        assertThat(current()).isSameAs(before);
        assertThat(counters.get(Counter.REGISTRY_WATCH_RESTARTS)).isZero();
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aWatchThatIsNotAcceptedWithinFiveSecondsIsReplaced() {
        registry.down(true);
        loop.run(Duration.ofSeconds(2));
        registry.down(false);
        registry.cutWatches();
        loop.run(SOON);
        registry.watches().forEach(MemoryWatch::stall);
        loop.run(Duration.ofSeconds(30));
        store.put("subnets/b", "2");
        assertHeardOnce("+subnets/b");
    }

    @Test
    void afterACompactionTheListIsTakenAgainOverANewConnection() {
        registry.down(true);
        loop.run(SOON);
        store.put("subnets/b", "1");
        store.put("subnets/b", "2");
        store.compact();
        registry.down(false);
        loop.run(Duration.ofSeconds(10));
        assertThat(heard.snapshots).hasSize(2);
        assertThat(heard.changes).isEmpty();
        assertThat(registry.reconnects()).isPositive();
        store.put("subnets/c", "3");
        loop.run(SOON);
        assertThat(heard.changes).containsExactly("+subnets/c");
    }

    @Test
    void aRestoredStoreThatHasCaughtUpIsFoundByTheHourlyList() {
        RegistrySnapshot backup = store.snapshot();
        store.put("subnets/a", "2");
        loop.run(SOON);
        store.restore(backup);
        current().loseEvents();
        store.put("subnets/a", "3");
        loop.run(Duration.ofMinutes(61));
        assertThat(heard.snapshots).hasSize(2);
        assertThat(heard.snapshots.get(1).entries().get(0).value()).isEqualTo("3");
        assertThat(counters.get(Counter.REGISTRY_DRIFTS)).isEqualTo(1);
    }

    @Test
    void aWatchThatWasResumedIsAuditedSoon() {
        registry.cutWatches();
        loop.run(Duration.ofMillis(500));
        current().loseEvents();
        store.delete("subnets/a");
        loop.run(Duration.ofSeconds(10));
        assertThat(heard.changes).isEmpty();
        assertThat(heard.snapshots).hasSize(2);
        assertThat(heard.snapshots.get(1).entries()).isEmpty();
        assertThat(counters.get(Counter.REGISTRY_DRIFTS)).isEqualTo(1);
    }

    @Test
    void aLostEventIsFoundByTheAuditWithinAMinuteAndABit() {
        current().loseEvents();
        store.put("subnets/b", "2");
        loop.run(Duration.ofSeconds(76));
        assertThat(heard.snapshots).hasSize(2);
        assertThat(log.linesWith("2 entries, 1 known")).hasSize(1);
    }

    @Test
    void aLostChangeOfAValueIsFoundByTheHourlyList() {
        current().loseEvents();
        store.put("subnets/a", "other");
        loop.run(Duration.ofMinutes(61));
        assertThat(heard.snapshots).hasSize(2);
    }

    @Test
    void aStoreThatWentBackInTimeIsTakenAsItIs() {
        RegistrySnapshot backup = store.snapshot();
        store.put("subnets/b", "2");
        store.put("subnets/c", "3");
        loop.run(SOON);
        store.restore(backup);
        loop.run(Duration.ofSeconds(76));
        assertThat(heard.snapshots).hasSize(2);
        assertThat(watch.appliedRevision()).isEqualTo(backup.revision());
        store.put("subnets/d", "4");
        loop.run(SOON);
        assertThat(heard.changes).endsWith("+subnets/d");
    }

    @Test
    void aLongOutageIsLoggedOnceAMinuteAndNeverABusyLoop() {
        int before = registry.calls(Verb.LIST);
        registry.down(true);
        loop.run(Duration.ofMinutes(30));
        assertThat(log.linesWith("lost touch")).hasSizeBetween(25, 31);
        assertThat(counters.get(Counter.REGISTRY_WATCH_RESTARTS)).isLessThan(400);
        assertThat(registry.calls(Verb.LIST)).isEqualTo(before);
        registry.down(false);
        store.put("subnets/b", "2");
        loop.run(Duration.ofSeconds(13));
        assertHeardOnce("+subnets/b");
        loop.run(Duration.ofSeconds(20));
        assertThat(log.linesWith("in touch with the registry again")).hasSize(1);
    }

    @Test
    void aStoreThatRefusedConnectionsIsFoundAgainWithinThreeSecondsOverANewConnection() {
        registry.down(true);
        for (int tenths = 0; tenths < 600; tenths++) {
            registry.cutWatches();
            loop.run(Duration.ofMillis(100));
        }
        // at each try but the first ones; a wait is 1 to 3 s
        assertThat(registry.reconnects()).isBetween(15, 60);
        store.put("subnets/b", "2");
        registry.down(false);
        loop.run(Duration.ofSeconds(3).plus(SOON));
        assertHeardOnce("+subnets/b");
    }

    @Test
    void nothingIsHeardOrLeftAfterClosing() {
        store.put("subnets/b", "2");
        watch.close();
        loop.run(Duration.ofHours(2));
        assertThat(heard.changes).isEmpty();
        assertThat(registry.watches()).isEmpty();
        assertThat(loop.pending()).isZero();
    }

    private static final class Heard implements PeerWatch.Listener {
        final List<RegistrySnapshot> snapshots = new ArrayList<>();
        final List<String> changes = new ArrayList<>();

        @Override
        public void onSnapshot(RegistrySnapshot snapshot) {
            snapshots.add(snapshot);
        }

        @Override
        public void onEvents(List<RegistryEvent> events) {
            events.forEach(event -> changes.add((event instanceof RegistryEvent.Put ? "+" : "-") + event.path()));
        }
    }
}
