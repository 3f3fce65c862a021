package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.fault.Flow;
import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts come, go, die and return; the others notice no more of it than they must. */
class MembershipIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration STOP_BOUND = Duration.ofSeconds(5);

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void aNewHostIsReachedWithoutLossOfExistingTraffic() throws IOException {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");

        Flow.assertLossless("39", daemons.get(0), daemons.get(1), () -> {
            RudderProcess joined = CLUSTER.start(CLUSTER.host("c")).awaitReady();

            awaitPing(daemons.get(0).host(), joined.overlayAddress());
            awaitPing(joined.host(), daemons.get(1).overlayAddress());
        });
    }

    @Test
    void aHostWhoseLeaseIsGoneIsToldToBeUnreachable() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        Host a = daemons.get(0).host();
        String left = daemons.get(1).overlayAddress();
        String leaseKey = daemons.get(1).leaseKey();
        awaitPing(a, left);

        daemons.get(1).terminate(STOP_BOUND);
        CLUSTER.etcd().delete(leaseKey);

        Wait.untilAsserted(SOON, () -> assertThat(a.ping(left, 1).stdout()).contains("Destination Net Unreachable"));
    }

    @Test
    void aKilledDaemonReturnsWithItsSubnetAndTrafficResumes() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        Host a = daemons.get(0).host();
        RudderProcess b = daemons.get(1);
        String address = b.overlayAddress();
        awaitPing(a, address);

        b.kill9();
        RudderProcess again = CLUSTER.start(b.host()).awaitReady();

        assertThat(again.overlayAddress()).isEqualTo(address);
        awaitPing(a, address);
        awaitPing(b.host(), daemons.get(0).overlayAddress());
        assertThat(CLUSTER.etcd().keys("/coreos.com/network/subnets/")).hasSize(2);
    }

    @Test
    void aStoppedDaemonKeepsItsLeaseAndReturnsToIt() {
        RudderProcess daemon = CLUSTER.startOn("a").get(0);
        String leaseKey = daemon.leaseKey();
        String value = CLUSTER.etcd().get(leaseKey).orElseThrow();

        assertThat(daemon.terminate(STOP_BOUND).exitCode()).isZero();

        assertThat(CLUSTER.etcd().get(leaseKey)).contains(value);
        RudderProcess again = CLUSTER.start(daemon.host()).awaitReady();
        assertThat(again.leaseKey()).isEqualTo(leaseKey);
    }

    @Test
    void aDaemonWaitsForEtcdAndIsReadySoonAfterIt() {
        CLUSTER.etcd().stop();
        try {
            RudderProcess daemon = CLUSTER.start(CLUSTER.host("a"));
            daemon.process().awaitOutput("etcd", Duration.ofSeconds(20));
            assertThat(daemon.process().isAlive()).isTrue();

            CLUSTER.etcd().start();

            daemon.awaitReady(SOON);
        } finally {
            CLUSTER.etcd().stop();
            CLUSTER.etcd().start();
        }
    }

    private static void awaitPing(Host from, String destination) {
        Wait.untilAsserted(
                SOON, () -> assertThat(from.ping(destination, 1).output()).contains(" 0% packet loss"));
    }
}
