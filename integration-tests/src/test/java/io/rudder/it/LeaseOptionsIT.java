package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The options by which an operator decides about the lease, on real daemons. */
class LeaseOptionsIT {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String OTHER_OWNER = "{\"PublicIP\":\"198.51.100.99\",\"PublicIPv6\":null}";

    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b");

    private final Host a = CLUSTER.host("a");

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    private DaemonOptions options() {
        return CLUSTER.optionsOf(a);
    }

    private RudderProcess start(DaemonOptions options) {
        return CLUSTER.start(a, options).awaitReady();
    }

    private static void awaitPing(RudderProcess from, RudderProcess to) {
        Wait.untilAsserted(
                BOUND,
                () -> assertThat(from.host().ping(to.overlayAddress(), 1).output())
                        .contains(" 0% packet loss"));
    }

    /** As one does who does not look whether a key is there. */
    private static String takeAway(RudderProcess daemon) {
        String key = daemon.leaseKey();
        CLUSTER.etcd().put(key, OTHER_OWNER);
        return key;
    }

    @Test
    void withoutOptionsTheHostTakesAnotherSubnet() {
        RudderProcess daemon = start(options());
        String old = takeAway(daemon);
        Wait.untilAsserted(BOUND, () -> assertThat(daemon.leaseKey()).isNotEqualTo(old));
        assertThat(CLUSTER.etcd().get(old)).contains(OTHER_OWNER);
        assertThat(CLUSTER.etcd().get(daemon.leaseKey()).orElse("")).contains(a.address());
    }

    @Test
    void theHookHearsOfBothSubnetsAndOfNoPassword() throws Exception {
        RudderProcess b = CLUSTER.startOn("b").get(0);
        Path told = a.directory().resolve("told");
        RudderProcess daemon =
                start(options().with("on-subnet-change", "env > %1$s.new && mv %1$s.new %1$s".formatted(told)));
        String before = daemon.subnetFile().subnet();

        takeAway(daemon);
        Wait.untilAsserted(BOUND, () -> assertThat(told).exists());

        List<String> environment = Files.readAllLines(told);
        String after = daemon.subnetFile().subnet();
        assertThat(after).isNotEqualTo(before);
        assertThat(environment)
                .contains("RUDDER_OLD_SUBNET=" + network(before), "RUDDER_SUBNET=" + after, "RUDDER_MTU=1472")
                .noneMatch(variable -> variable.startsWith("RUDDER_ETCD_"));
        awaitPing(b, daemon);
        awaitPing(daemon, b);
        Files.delete(told);
    }

    /** The file of the subnet has the gateway's address, the hook the subnet. */
    private static String network(String gateway) {
        return gateway.replaceFirst("\\.\\d+/", ".0/");
    }

    @Test
    void exitEndsTheDaemonAndLeavesTheOtherOwnerAlone() {
        RudderProcess daemon = start(options().with("on-lease-lost", "exit"));
        String key = takeAway(daemon);
        Result end = daemon.process().awaitExit(BOUND);
        assertThat(end.exitCode()).isEqualTo(1);
        assertThat(daemon.log()).contains("198.51.100.99");
        assertThat(CLUSTER.etcd().get(key)).contains(OTHER_OWNER);
        assertThat(a.run("ip", "-br", "link").stdout()).doesNotContain("rudder0");
    }

    @Test
    void keepGoesOnUntilTheSubnetIsTheHostsAgain() {
        RudderProcess b = CLUSTER.startOn("b").get(0);
        RudderProcess daemon = start(options().with("on-lease-lost", "keep"));
        awaitPing(b, daemon);
        String subnet = daemon.subnetFile().subnet();
        String key = takeAway(daemon);
        daemon.process().awaitOutput("198\\.51\\.100\\.99", BOUND);
        assertThat(CLUSTER.etcd().get(key)).contains(OTHER_OWNER);

        CLUSTER.etcd().delete(key);

        Wait.untilAsserted(
                BOUND, () -> assertThat(CLUSTER.etcd().get(key).orElse("")).contains(a.address()));
        assertThat(daemon.subnetFile().subnet()).isEqualTo(subnet);
        assertThat(CLUSTER.etcd().keys(Etcd.PREFIX + "/subnets/")).hasSize(2);
        awaitPing(b, daemon);
    }

    @Test
    void aLeaseIsGivenBackOnExitOnlyIfThatIsWanted() {
        RudderProcess kept = start(options());
        String key = kept.leaseKey();
        assertThat(kept.terminate(BOUND).exitCode()).isZero();
        assertThat(CLUSTER.etcd().get(key)).isPresent();
        Path state = Path.of(options().value("state-dir"), "state.json");
        assertThat(state).exists();

        RudderProcess released = start(options().with("release-on-exit", true));
        assertThat(released.leaseKey()).isEqualTo(key);
        assertThat(released.terminate(BOUND).exitCode()).isZero();

        assertThat(CLUSTER.etcd().get(key)).isEmpty();
        assertThat(state).doesNotExist();
        assertThat(released.log()).contains("the lease was given back");
    }

    @Test
    void anOfflineStartCarriesPacketsBeforeEtcdAnswers() {
        RudderProcess b = CLUSTER.startOn("b").get(0);
        RudderProcess first = start(options());
        awaitPing(first, b);
        String key = first.leaseKey();
        String subnet = first.subnetFile().subnet();
        assertThat(first.terminate(BOUND).exitCode()).isZero();
        CLUSTER.etcd().stop();
        boolean etcdRuns = false;
        try {
            RudderProcess daemon = start(options().with("offline-start", true));
            assertThat(daemon.subnetFile().subnet()).isEqualTo(subnet);
            awaitPing(daemon, b);
            awaitPing(b, daemon);

            CLUSTER.etcd().start();
            etcdRuns = true;

            String held = "holding .* as " + a.address();
            daemon.process().awaitOutput(held, BOUND.multipliedBy(2));
            assertThat(daemon.leaseKey()).isEqualTo(key);
            awaitPing(b, daemon);
        } finally {
            if (!etcdRuns) {
                CLUSTER.etcd().start();
            }
        }
    }
}
