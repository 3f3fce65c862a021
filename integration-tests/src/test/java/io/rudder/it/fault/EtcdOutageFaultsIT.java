package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults 2 to 4: the only etcd is killed, killed again and again, or silent. */
class EtcdOutageFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "g");

    private Ghosts ghosts;
    private RudderProcess a;
    private RudderProcess b;

    @BeforeEach
    void start() {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        ghosts = new Ghosts(CLUSTER);
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        a = daemons.get(0);
        b = daemons.get(1);
    }

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault2EtcdIsKilledAndRestarted() throws IOException {
        ghosts.put(1);
        Ghosts.assertKnown(a, 1);
        Flow.assertLossless("2", a, b, () -> {
            CLUSTER.etcd().kill();
            Fault.lasts(Duration.ofSeconds(3));
            CLUSTER.etcd().start();
            ghosts.put(2);
            ghosts.delete(1);
            Fault.note("2", "caught up " + caughtUp(2, 1).toMillis() + " ms after etcd");
        });
    }

    /** Every second time it is long enough away for a client to have lost its patience. */
    @Test
    @Tag("faults")
    void fault3EtcdIsKilledAgainAndAgain() throws IOException {
        long end = System.nanoTime() + Fault.seconds(30, 300).toNanos();
        Flow.assertLossless("3", a, b, () -> {
            int round = 0;
            while (round < 2 || System.nanoTime() - end < 0) {
                CLUSTER.etcd().kill();
                Fault.lasts(Duration.ofMillis(500 + round % 2 * 1500));
                CLUSTER.etcd().start();
                ghosts.put(round % 10);
                ghosts.delete((round + 9) % 10);
                Fault.lasts(Duration.ofMillis(1000 + round % 10 * 200));
                round++;
            }
            Duration caughtUp = caughtUp((round + 9) % 10, (round + 8) % 10);
            Fault.note(
                    "3", "killed %d times, caught up %d ms after the last one".formatted(round, caughtUp.toMillis()));
        });
    }

    @Test
    @Tag("faults")
    void fault4EtcdIsSilent() throws IOException {
        ghosts.put(1);
        Ghosts.assertKnown(a, 1);
        Flow.assertLossless("4", a, b, () -> {
            CLUSTER.etcd().freeze();
            try {
                Duration noticed = Fault.assertNoticed(a, Duration.ofSeconds(20));
                Fault.note("4", "noticed after " + noticed.toMillis() + " ms");
                Fault.lasts(Fault.seconds(32, 60).minus(noticed));
            } finally {
                CLUSTER.etcd().thaw();
            }
            ghosts.put(2);
            ghosts.delete(1);
            Fault.note("4", "caught up " + caughtUp(2, 1).toMillis() + " ms after etcd");
        });
        assertThat(a.log().lines().filter(line -> line.contains("lost touch"))).hasSizeLessThan(3);
    }

    /** Both daemons know of a new ghost, and that another one is gone. */
    private Duration caughtUp(int known, int gone) {
        return Fault.timed(() -> {
            for (RudderProcess daemon : List.of(a, b)) {
                Ghosts.assertKnown(daemon, known);
                Ghosts.assertUnknown(daemon, gone);
            }
        });
    }
}
