package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults 5 to 7: one or two of three members of etcd fail. */
@Tag("faults")
class EtcdClusterFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private EtcdMembers etcd;
    private RudderProcess a;
    private RudderProcess b;

    @BeforeEach
    void start() {
        etcd = new EtcdMembers(CLUSTER);
        etcd.put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        a = startOn("a");
        b = startOn("b");
    }

    @AfterEach
    void reset() {
        CLUSTER.reset();
        etcd.close();
    }

    @Test
    void fault5AMemberIsSilent() {
        try (Flow flow = Flow.between(a, b)) {
            for (int member = 0; member < 3; member++) {
                etcd.freeze(member);
                int ghost = member;
                assertThat(Wait.until(Fault.BOUND, () -> putGhost(ghost))).isTrue();
                // the one that is watched is among the three
                Duration moved = Fault.timed(() -> {
                    assertKnown(a, ghost);
                    assertKnown(b, ghost);
                });
                Fault.note("5", "member " + member + " silent: change seen after " + moved.toMillis() + " ms");
                assertThat(moved).isLessThan(Duration.ofSeconds(20));
                etcd.thaw(member);
                awaitHealthy();
            }
            flow.end("5").assertLossless();
        }
    }

    @Test
    void fault6TheLeaderIsKilled() {
        try (Flow flow = Flow.between(a, b)) {
            int leader = etcd.leader();
            assertThat(leader).isNotNegative();
            etcd.kill(leader);
            assertThat(Wait.until(Fault.BOUND, () -> putGhost(1))).isTrue();
            Duration seen = Fault.timed(() -> {
                assertKnown(a, 1);
                assertKnown(b, 1);
            });
            Fault.note("6", "change after the election seen after " + seen.toMillis() + " ms");
            etcd.restart(leader);
            awaitHealthy();
            flow.end("6").assertLossless();
        }
    }

    @Test
    void fault7TheQuorumIsLost() {
        try (Flow flow = Flow.between(a, b)) {
            etcd.freeze(0);
            etcd.freeze(1);
            Duration noticed =
                    Fault.timed(() -> a.process().awaitOutput("lost touch with the registry", Duration.ofSeconds(30)));
            Fault.note("7", "noticed after " + noticed.toMillis() + " ms");
            Fault.lasts(Duration.ofSeconds(15));
            etcd.thaw(0);
            etcd.thaw(1);
            Duration recovered = Fault.timed(() -> {
                assertThat(Wait.until(Fault.BOUND, () -> putGhost(2))).isTrue();
                assertKnown(a, 2);
                assertKnown(b, 2);
            });
            Fault.note("7", "recovered " + recovered.toMillis() + " ms after the members");
            flow.end("7").assertLossless();
        }
    }

    private void awaitHealthy() {
        assertThat(Wait.until(
                        Fault.BOUND, () -> etcd.etcdctl("endpoint", "health").exitCode() == 0))
                .isTrue();
    }

    private boolean putGhost(int number) {
        return etcd.etcdctl(
                                "put",
                                Ghosts.key(number),
                                "{\"PublicIP\":\"" + CLUSTER.host("c").address() + "\",\"PublicIPv6\":null}")
                        .exitCode()
                == 0;
    }

    private static void assertKnown(RudderProcess daemon, int number) {
        assertThat(Wait.until(Fault.BOUND, () -> Ghosts.isKnown(daemon, number)))
                .as(daemon.log())
                .isTrue();
    }

    private RudderProcess startOn(String name) {
        Host host = CLUSTER.host(name);
        return CLUSTER.start(host, CLUSTER.optionsOf(host).with("etcd-endpoint", etcd.endpoints()))
                .awaitReady();
    }
}
