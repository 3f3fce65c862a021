package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.tool.LeaseChurn;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fault 31: 10,000 leases that change 1000 times a second, while two hosts talk. */
@Tag("faults")
class ManyLeasesIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b");

    private static final String LEASES = "10000";
    private static final String CHANGES_PER_SECOND = "1000";
    private static final Duration LENGTH = Fault.seconds(30, 60);

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault31TenThousandLeasesChange() throws IOException {
        CLUSTER.etcd()
                .put(
                        Etcd.PREFIX + "/config",
                        "{\"Network\":\"10.0.0.0/8\",\"SubnetLen\":24,\"SubnetMax\":\"10.0.127.0\"}");
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        RudderProcess a = daemons.get(0);
        long residentBefore = a.residentKib();
        Running churn = CLUSTER.middle()
                .spawnTool(
                        LeaseChurn.class,
                        CLUSTER.etcd().endpoint(),
                        Etcd.PREFIX + "/subnets/",
                        LEASES,
                        CHANGES_PER_SECOND,
                        Long.toString(LENGTH.toSeconds()));
        String done = "changed " + LENGTH.toMillis() + ", failed 0";
        Flow.assertLossless("31", a, daemons.get(1), () -> {
            churn.awaitOutput("filled", Fault.BOUND);
            long cpuBefore = Fault.cpuMillis(a);
            Duration took = Fault.timed(() -> churn.awaitOutput(done, Duration.ofMinutes(3)));
            long cpuPercent = (Fault.cpuMillis(a) - cpuBefore) * 100 / took.toMillis();
            CLUSTER.etcd().delete(Etcd.PREFIX + "/subnets/10.128.0.0-24");
            Duration caughtUp = Fault.timed(() -> Ghosts.awaitUnreachable(a, "10.128.0.1"));
            Fault.note(
                    "31",
                    "%d changes in %d ms, the next one known after %d ms, %d %% of a core, resident %d -> %d MiB"
                            .formatted(
                                    LENGTH.toMillis(),
                                    took.toMillis(),
                                    caughtUp.toMillis(),
                                    cpuPercent,
                                    residentBefore / 1024,
                                    a.residentKib() / 1024));
            assertThat(a.residentKib()).isLessThan(residentBefore + 128 * 1024);
        });
    }
}
