package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.RudderProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults 1 to 4: the only etcd is absent, killed, killed again and again, or silent. */
class EtcdOutageFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private Ghosts ghosts;
    private RudderProcess a;
    private RudderProcess b;

    @BeforeEach
    void start() {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        ghosts = new Ghosts(CLUSTER.etcd(), CLUSTER.host("c"));
    }

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    @Tag("faults")
    void fault1EtcdComesLate() {
        CLUSTER.etcd().stop();
        RudderProcess late = CLUSTER.start(CLUSTER.host("c"));
        try {
            late.process().awaitOutput("waiting for etcd", Fault.BOUND);
            // the first seconds go to the classes of the client
            Fault.lasts(Duration.ofSeconds(12));
            long before = Fault.cpuMillis(late);
            Fault.lasts(Duration.ofSeconds(10));
            double percent = (Fault.cpuMillis(late) - before) / 100.0;
            Fault.note("1", "CPU while waiting: " + percent + " %");
            assertThat(percent).isLessThan(5);
        } finally {
            CLUSTER.etcd().start();
        }
        Duration ready = Fault.timed(() -> late.awaitReady(Duration.ofSeconds(15)));
        Fault.note("1", "ready " + ready.toMillis() + " ms after etcd");
        assertThat(late.log().lines().filter(line -> line.contains("waiting for etcd")))
                .hasSizeLessThan(3);
    }

    @Test
    void fault2EtcdIsKilledAndRestarted() {
        startBoth();
        try (Flow flow = Flow.between(a, b)) {
            ghosts.put(1);
            Ghosts.assertKnown(a, 1);
            CLUSTER.etcd().kill();
            Fault.lasts(Duration.ofSeconds(3));
            CLUSTER.etcd().start();
            ghosts.put(2);
            ghosts.delete(1);
            Duration resumed = Fault.timed(() -> {
                Ghosts.assertKnown(a, 2);
                Ghosts.assertKnown(b, 2);
                Ghosts.assertUnknown(a, 1);
            });
            Fault.note("2", "caught up " + resumed.toMillis() + " ms after etcd");
            flow.end("2").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault3EtcdIsKilledAgainAndAgain() {
        startBoth();
        try (Flow flow = Flow.between(a, b)) {
            for (int round = 0; round < 10; round++) {
                CLUSTER.etcd().kill();
                Fault.lasts(Duration.ofMillis(500));
                CLUSTER.etcd().start();
                ghosts.put(round);
                if (round > 0) {
                    ghosts.delete(round - 1);
                }
                Fault.lasts(Duration.ofMillis(1000 + 200 * round));
            }
            Ghosts.assertKnown(a, 9);
            Ghosts.assertKnown(b, 9);
            Ghosts.assertUnknown(a, 8);
            flow.end("3").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault4EtcdIsSilent() {
        startBoth();
        try (Flow flow = Flow.between(a, b)) {
            ghosts.put(1);
            Ghosts.assertKnown(a, 1);
            CLUSTER.etcd().freeze();
            try {
                Duration noticed = Fault.timed(
                        () -> a.process().awaitOutput("lost touch with the registry", Duration.ofSeconds(25)));
                Fault.note("4", "noticed after " + noticed.toMillis() + " ms");
                assertThat(noticed).isLessThan(Duration.ofSeconds(20));
                Fault.lasts(Duration.ofSeconds(20));
            } finally {
                CLUSTER.etcd().thaw();
            }
            ghosts.put(2);
            Ghosts.assertKnown(a, 2);
            Ghosts.assertKnown(b, 2);
            flow.end("4").assertLossless();
            assertThat(a.log().lines().filter(line -> line.contains("lost touch")))
                    .hasSizeLessThan(3);
        }
    }

    private void startBoth() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        a = daemons.get(0);
        b = daemons.get(1);
    }
}
