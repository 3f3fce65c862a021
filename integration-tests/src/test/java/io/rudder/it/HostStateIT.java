package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a daemon makes on its host, and that nothing of it stays. */
class HostStateIT {
    private static final java.time.Duration BOUND_OF_PEERS = java.time.Duration.ofSeconds(10);

    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b");

    private static final Duration STOP_BOUND = Duration.ofSeconds(5);

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void theDeviceHasTheSubnetsAddressTheMtuAndARouteToTheNetwork() {
        RudderProcess daemon = CLUSTER.startOn("a").get(0);

        String device =
                daemon.host().run("ip", "-4", "addr", "show", "dev", "rudder0").stdout();
        String routes = daemon.host().run("ip", "-4", "route").stdout();

        assertThat(device).contains("inet " + daemon.overlayAddress() + "/32", "mtu 1472", ",UP");
        assertThat(routes).contains("10.0.0.0/16 dev rudder0");
        assertThat(daemon.subnetFile().network()).isEqualTo("10.0.0.0/16");
    }

    @Test
    void theSubnetFileIsReadableForEverybody() {
        RudderProcess daemon = CLUSTER.startOn("a").get(0);
        String file = CLUSTER.optionsOf(daemon.host()).value("subnet-file");

        assertThat(daemon.host().run("stat", "-c", "%a", file).stdout()).isEqualTo("644\n");
    }

    @Test
    void sigtermUndoesAllThatTheDaemonMadeOnTheHost() {
        Host a = CLUSTER.host("a");
        a.run("iptables", "-P", "FORWARD", "DROP");
        List<String> before = stateOf(a);
        RudderProcess daemon =
                CLUSTER.start(a, CLUSTER.optionsOf(a).with("ip-masq", true)).awaitReady();
        assertThat(stateOf(a)).isNotEqualTo(before);

        assertThat(daemon.terminate(STOP_BOUND).exitCode()).isZero();

        assertThat(stateOf(a)).isEqualTo(before);
    }

    @Test
    void whatAKilledDaemonLeftIsTakenOverAndRemovedInTheEnd() {
        Host a = CLUSTER.host("a");
        List<String> before = stateOf(a);
        DaemonOptions options = CLUSTER.optionsOf(a).with("ip-masq", true);
        CLUSTER.start(a, options).awaitReady().kill9();
        a.run("ip", "tuntap", "add", "dev", "rudder0", "mode", "tun");
        a.run("ip", "link", "set", "rudder0", "up");
        a.run("ip", "route", "add", "10.0.0.0/16", "dev", "rudder0");

        RudderProcess again = CLUSTER.start(a, options).awaitReady();

        assertThat(a.run("ip", "-4", "route").stdout().lines().filter(line -> line.contains("rudder0")))
                .hasSize(1);
        assertThat(again.terminate(STOP_BOUND).exitCode()).isZero();
        assertThat(a.run("nft", "list", "ruleset").stdout()).doesNotContain("10.0.0.0/16");
        a.exec("ip", "link", "del", "rudder0");
        assertThat(stateOf(a)).isEqualTo(before);
    }

    @Test
    void twoDaemonsOfDifferentNetworksShareAHost() {
        CLUSTER.etcd().put("/second/config", "{\"Network\":\"10.200.0.0/16\"}");
        try {
            List<RudderProcess> first = CLUSTER.startOn("a", "b");
            List<RudderProcess> second = Stream.of("a", "b")
                    .map(name -> CLUSTER.start(CLUSTER.host(name), secondOptions(CLUSTER.host(name))))
                    .toList();
            second.forEach(RudderProcess::awaitReady);

            assertPing(first.get(0), first.get(1));
            assertPing(second.get(0), second.get(1));
            assertThat(second.get(0).overlayAddress()).startsWith("10.200.");
            second.get(0).terminate(STOP_BOUND);
            assertPing(first.get(0), first.get(1));
        } finally {
            CLUSTER.etcd().deleteAll("/second/");
        }
    }

    private static DaemonOptions secondOptions(Host host) {
        Path folder = host.directory().resolve("second");
        return CLUSTER.optionsOf(host)
                .with("etcd-prefix", "/second")
                .with("tun-name", "rudder1")
                .with("port", 8286)
                .with("subnet-file", folder.resolve("subnet.env"))
                .with("run-dir", folder.resolve("run"))
                .with("state-dir", folder.resolve("state"));
    }

    private static void assertPing(RudderProcess from, RudderProcess to) {
        // The other side may not have heard of the sender yet.
        Wait.untilAsserted(
                BOUND_OF_PEERS,
                () -> assertThat(from.host().ping(to.overlayAddress(), 1).output())
                        .contains(" 0% packet loss"));
        assertThat(from.host().ping(to.overlayAddress(), 3).output()).contains(" 0% packet loss");
    }

    /** Links, addresses, routes and rules, without what changes by itself (counters, lifetimes, interface indexes). */
    private static List<String> stateOf(Host host) {
        return Stream.of("ip -o -4 addr", "ip -br link", "ip -4 route show table all", "ip -4 rule", "nft list ruleset")
                .flatMap(command -> host.run(command.split(" ")).stdout().lines())
                .map(line -> line.replaceAll("packets \\d+ bytes \\d+", "").strip())
                .toList();
    }
}
