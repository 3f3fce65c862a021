package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.RudderProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Fault 1: etcd is not there when the daemon starts. It only waits, and may do so beside the other tests. */
@Tag("faults")
@Execution(ExecutionMode.CONCURRENT)
class LateEtcdIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a");

    // The first seconds go to the classes of the client.
    private static final Duration SETTLED = Duration.ofSeconds(12);

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault1EtcdComesLate() {
        CLUSTER.etcd().stop();
        RudderProcess late = CLUSTER.start(CLUSTER.host("a"));
        Duration waited = Fault.seconds(10, 588);
        try {
            late.process().awaitOutput("waiting for etcd", Fault.BOUND);
            Fault.lasts(SETTLED);
            long before = Fault.cpuMillis(late);
            Fault.lasts(waited);
            double percent = (Fault.cpuMillis(late) - before) * 100.0 / waited.toMillis();
            Fault.note("1", "%.2f %% of a core over the last %d s without etcd".formatted(percent, waited.toSeconds()));
            assertThat(percent).isLessThan(5);
        } finally {
            CLUSTER.etcd().start();
        }
        Duration ready = Fault.timed(() -> late.awaitReady(Duration.ofSeconds(15)));
        Fault.note("1", "ready " + ready.toMillis() + " ms after etcd");
        assertThat(late.log().lines().filter(line -> line.contains("waiting for etcd")))
                .as("one line a minute")
                .hasSizeLessThan((int) waited.toMinutes() + 3);
    }
}
