package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults 21 to 24: what etcd holds is old, gone, or nonsense. */
@Tag("faults")
class StoreFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "g");

    private static final String CONFIG_KEY = Etcd.PREFIX + "/config";

    private Ghosts ghosts;
    private RudderProcess a;
    private RudderProcess b;

    @BeforeEach
    void start() {
        CLUSTER.etcd().put(CONFIG_KEY, Ghosts.CONFIG);
        ghosts = new Ghosts(CLUSTER);
    }

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault21EtcdIsRestoredFromAnOlderSnapshot() throws IOException {
        a = CLUSTER.startOn("a").get(0);
        ghosts.put(1);
        Path snapshot = CLUSTER.middle().directory().resolve("snapshot.db");
        CLUSTER.etcd().etcdctl("snapshot", "save", snapshot.toString()).orFail();
        b = CLUSTER.startOn("b").get(0);
        String keyOfB = b.leaseKey();
        ghosts.put(2);
        Ghosts.assertKnown(a, 2);
        Flow.assertLossless("21", a, b, () -> {
            CLUSTER.etcd().kill();
            CLUSTER.etcd().wipe();
            CLUSTER.middle()
                    .run(
                            "env",
                            "ETCDCTL_API=3",
                            "etcdctl",
                            "snapshot",
                            "restore",
                            snapshot.toString(),
                            "--data-dir=" + CLUSTER.etcd().dataFolder());
            CLUSTER.etcd().start();
            Duration back = Fault.awaited(
                    Duration.ofSeconds(90), () -> CLUSTER.etcd().get(keyOfB).isPresent(), b::log);
            Fault.note("21", "lease that the snapshot lacks re-created after " + back.toMillis() + " ms");
            assertThat(back).isLessThan(Duration.ofSeconds(70));
            ghosts.put(3);
            Ghosts.assertKnown(a, 3);
            Ghosts.assertKnown(b, 3);
        });
    }

    @Test
    void fault22EtcdIsWiped() throws IOException {
        startBoth();
        List<String> keys = List.of(a.leaseKey(), b.leaseKey());
        Flow.assertLossless("22", a, b, () -> {
            CLUSTER.etcd().kill();
            CLUSTER.etcd().wipe();
            CLUSTER.etcd().start();
            Fault.lasts(Duration.ofSeconds(5));
            CLUSTER.etcd().put(CONFIG_KEY, Ghosts.CONFIG);
            Duration back = Fault.awaited(
                    Duration.ofSeconds(90),
                    () -> CLUSTER.etcd().keys(Etcd.PREFIX + "/subnets/").containsAll(keys),
                    a::log);
            Fault.note("22", "both leases re-created " + back.toMillis() + " ms after the configuration");
            ghosts.put(1);
            Ghosts.assertKnown(a, 1);
        });
    }

    @Test
    void fault23TheConfigurationIsSpoiled() throws IOException {
        startBoth();
        Flow.assertLossless("23", a, b, () -> {
            CLUSTER.etcd().put(CONFIG_KEY, "{\"Network\":");
            CLUSTER.etcd().delete(CONFIG_KEY);
            CLUSTER.etcd().put(CONFIG_KEY, "{\"Network\":\"10.77.0.0/16\"}");
            a.process().awaitOutput("WARN.*10\\.77\\.0\\.0/16|10\\.77\\.0\\.0/16.*restart", Fault.BOUND);
            ghosts.put(1);
            Ghosts.assertKnown(a, 1);
            CLUSTER.etcd().put(CONFIG_KEY, Ghosts.CONFIG);
            ghosts.put(2);
            Ghosts.assertKnown(b, 2);
        });
    }

    @Test
    void fault24GarbageAmongTheLeases() throws IOException {
        startBoth();
        String subnets = Etcd.PREFIX + "/subnets/";
        Flow.assertLossless("24", a, b, () -> {
            CLUSTER.etcd().put(subnets + "no subnet at all", "?");
            CLUSTER.etcd().put(subnets + "10.0.210.0-24", "not JSON");
            CLUSTER.etcd().put(subnets + "10.0.211.0-24", Ghosts.lease("127.0.0.1"));
            CLUSTER.etcd().put(subnets + "10.0.212.0-24", Ghosts.lease("10.0.212.1"));
            CLUSTER.etcd().put(subnets + "10.1.0.0-24", Ghosts.lease("198.51.100.3"));
            // one that holds the subnets of all
            CLUSTER.etcd().put(subnets + "10.0.0.0-17", Ghosts.lease("198.51.100.3"));
            CLUSTER.middle()
                    .run(
                            "bash",
                            "-c",
                            "head -c 1000000 /dev/zero | tr '\\0' x | ETCDCTL_API=3 etcdctl --endpoints="
                                    + CLUSTER.etcd().endpoint() + " put " + subnets + "10.0.213.0-24");
            ghosts.put(1);
            Ghosts.assertKnown(a, 1);
            Ghosts.assertKnown(b, 1);
            for (int bad = 10; bad <= 13; bad++) {
                Ghosts.assertUnknown(a, bad);
            }
            assertThat(a.log().lines().filter(line -> line.contains("ignoring")))
                    .as("one line for each")
                    .hasSize(7);
        });
    }

    private void startBoth() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        a = daemons.get(0);
        b = daemons.get(1);
    }
}
