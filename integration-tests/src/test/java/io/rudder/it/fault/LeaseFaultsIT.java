package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults 11, 12, 19, 20 and 25: something happens to the lease of one of two hosts that talk. */
class LeaseFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private RudderProcess a;
    private RudderProcess b;
    private String key;
    private String value;

    @BeforeEach
    void start() {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        a = daemons.get(0);
        b = daemons.get(1);
        key = b.leaseKey();
        value = CLUSTER.etcd().get(key).orElseThrow();
    }

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault11TheEtcdLeaseIsRevoked() throws IOException {
        Flow.assertLossless("11", a, b, () -> {
            CLUSTER.etcd().revokeLeaseOf(key);
            assertBackWithinASecond("11", List.of(key));
        });
    }

    @Test
    @Tag("faults")
    void fault12TheKeyIsDeleted() throws IOException {
        Flow.assertLossless("12 deleted", a, b, () -> {
            CLUSTER.etcd().delete(key);
            assertBackWithinASecond("12 deleted", List.of(key));
        });
        assertThat(CLUSTER.etcd().get(key)).contains(value);
    }

    @Test
    @Tag("faults")
    void fault19TwoHostsHaveOnePublicAddress() throws IOException {
        Flow.assertLossless("19", a, b, () -> {
            Host c = CLUSTER.host("c");
            Result end = CLUSTER.start(
                            c, CLUSTER.optionsOf(c).with("public-ip", a.host().address()))
                    .process()
                    .awaitExit(Fault.BOUND);
            assertThat(end.exitCode()).isEqualTo(1);
            assertThat(end.stderr()).contains("public address 198.51.100.1 belongs to node");
        });
    }

    @Test
    @Tag("faults")
    void fault20ANodeIdIsCloned() throws IOException {
        Path original = b.host().directory().resolve("state");
        Path clone = Files.createDirectories(CLUSTER.host("c").directory().resolve("state"));
        try (var files = Files.list(original)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, clone.resolve(file.getFileName()));
            }
        }
        Flow.assertLossless("20", a, b, () -> {
            Result end = CLUSTER.start(CLUSTER.host("c")).process().awaitExit(Duration.ofSeconds(90));
            assertThat(end.exitCode()).isEqualTo(1);
            Fault.note("20", end.stderr().lines().reduce((one, two) -> two).orElse(""));
        });
        assertThat(CLUSTER.etcd().get(key)).contains(value);
    }

    @Test
    void fault25AllLeasesAreDeleted() throws IOException {
        Flow.assertLossless("25", a, b, () -> {
            CLUSTER.etcd().deleteAll(Etcd.PREFIX + "/subnets/");
            assertBackWithinASecond("25", List.of(a.leaseKey(), key));
        });
    }

    /** A second beside what a look by etcdctl takes on a busy machine; packets flow on for a while. */
    private static void assertBackWithinASecond(String fault, List<String> keys) {
        Duration back = Fault.awaited(
                () -> CLUSTER.etcd().keys(Etcd.PREFIX + "/subnets/").containsAll(keys), () -> "not back");
        Fault.note(fault, "same subnet back after " + back.toMillis() + " ms");
        assertThat(back).isLessThan(Duration.ofSeconds(3));
        Fault.lasts(Duration.ofSeconds(2));
    }
}
