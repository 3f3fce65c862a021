package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
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
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "g");

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
    void fault5AMemberIsSilent() throws IOException {
        Flow.assertLossless("5", a, b, () -> {
            for (int member = 0; member < 3; member++) {
                etcd.freeze(member);
                putGhost(member);
                // the one that is watched is among the three
                Duration moved = seen(member);
                Fault.note("5", "member " + member + " silent: change seen after " + moved.toMillis() + " ms");
                assertThat(moved).isLessThan(Duration.ofSeconds(20));
                etcd.thaw(member);
                awaitHealthy();
            }
        });
    }

    @Test
    void fault6TheLeaderIsKilled() throws IOException {
        Flow.assertLossless("6", a, b, () -> {
            int leader = etcd.leader();
            assertThat(leader).isNotNegative();
            etcd.kill(leader);
            putGhost(1);
            Fault.note("6", "change after the election seen after " + seen(1).toMillis() + " ms");
            etcd.restart(leader);
            awaitHealthy();
        });
    }

    @Test
    void fault7TheQuorumIsLost() throws IOException {
        Flow.assertLossless("7", a, b, () -> {
            etcd.freeze(0);
            etcd.freeze(1);
            Duration noticed = Fault.assertNoticed(a, Duration.ofSeconds(20));
            Fault.note("7", "noticed after " + noticed.toMillis() + " ms");
            Fault.lasts(Fault.seconds(26, 60).minus(noticed));
            etcd.thaw(0);
            etcd.thaw(1);
            Duration recovered = Fault.timed(() -> {
                putGhost(2);
                seen(2);
            });
            Fault.note("7", "recovered " + recovered.toMillis() + " ms after the members");
        });
    }

    private void awaitHealthy() {
        Fault.awaited(() -> etcd.etcdctl("endpoint", "health").exitCode() == 0, () -> "not healthy");
    }

    /** As soon as etcd takes it. */
    private void putGhost(int number) {
        String value = Ghosts.valueAt(CLUSTER);
        Fault.awaited(
                () -> etcd.etcdctl("put", Ghosts.key(number), value).exitCode() == 0, () -> "etcd takes no change");
    }

    private Duration seen(int ghost) {
        return Fault.timed(() -> {
            Ghosts.assertKnown(a, ghost);
            Ghosts.assertKnown(b, ghost);
        });
    }

    private RudderProcess startOn(String name) {
        Host host = CLUSTER.host(name);
        return CLUSTER.start(host, CLUSTER.optionsOf(host).with("etcd-endpoint", etcd.endpoints()))
                .awaitReady();
    }
}
