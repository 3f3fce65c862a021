package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What others change on a host under a running daemon, and how long it takes until the overlay is whole again. */
class HostRepairIT {
    // The promise is a second; a machine that other tests keep busy is given more.
    private static final Duration BOUND = Duration.ofSeconds(15);

    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private static RudderProcess a;
    private static RudderProcess b;

    @BeforeAll
    static void start() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        a = daemons.get(0);
        b = daemons.get(1);
        awaitPing();
    }

    private static void awaitPing() {
        Wait.untilAsserted(
                BOUND,
                () -> assertThat(a.host().ping(b.overlayAddress(), 1).output()).contains(" 0% packet loss"));
    }

    /** Does it, waits until both commands' output is as before, and until packets flow. */
    private static void assertRestored(String what, String... command) {
        Host host = a.host();
        String before = state();
        long start = System.nanoTime();
        host.run(command);
        Wait.untilAsserted(BOUND, () -> assertThat(state()).isEqualTo(before));
        print(what, start);
        awaitPing();
    }

    private static void print(String what, long startNanos) {
        System.out.printf(
                "HostRepairIT: %s: restored after %d ms%n", what, (System.nanoTime() - startNanos) / 1_000_000);
    }

    private static String state() {
        return a.host()
                .exec(
                        "sh",
                        "-c",
                        "ip -4 -o addr show dev rudder0; ip link show dev rudder0; ip -4 route show dev rudder0;"
                                + " cat /proc/sys/net/ipv4/conf/rudder0/accept_local")
                .stdout()
                // A device that is made again has another index.
                .replaceAll("(?m)^\\d+:", "");
    }

    private static String index(Host host) {
        return host.run("cat", "/sys/class/net/rudder0/ifindex").stdout();
    }

    @Test
    void theDeviceIsMadeAgainAfterItWasDeleted() {
        assertRestored("device deleted", "ip", "link", "del", "rudder0");
        assertThat(a.process().isAlive()).isTrue();
    }

    @Test
    void theDeviceIsSetUpAgain() {
        assertRestored("device set down", "ip", "link", "set", "rudder0", "down");
    }

    @Test
    void theAddressIsGivenAgain() {
        String index = index(a.host());
        assertRestored("address removed", "ip", "addr", "flush", "dev", "rudder0");
        assertThat(index(a.host())).isEqualTo(index);
    }

    @Test
    void aDeviceWithoutAddressIsNotTakenForDeleted() {
        RudderProcess c = CLUSTER.start(CLUSTER.host("c")).awaitReady();
        c.host().run("ip", "addr", "flush", "dev", "rudder0");
        Wait.untilAsserted(
                BOUND,
                () -> assertThat(c.host().run("ip", "-4", "route").stdout()).contains("10.0.0.0/16 dev rudder0"));
        assertThat(c.finalCounters()).containsKey("repair_address").doesNotContainKey("repair_device");
    }

    @Test
    void theRouteIsAddedAgain() {
        assertRestored("route removed", "ip", "route", "del", "10.0.0.0/16", "dev", "rudder0");
    }

    @Test
    void theMtuIsSetAgain() {
        assertRestored("device's MTU changed", "ip", "link", "set", "rudder0", "mtu", "1300");
    }

    @Test
    void theKernelSettingIsSetAgain() {
        assertRestored("accept_local reset", "sysctl", "-qw", "net.ipv4.conf.rudder0.accept_local=0");
    }

    @Test
    void aPolicyThatDropsForwardedPacketsIsAnswered() {
        Host host = a.host();
        for (int round = 0; round < 2; round++) {
            long start = System.nanoTime();
            host.run("iptables", "-P", "FORWARD", "DROP");
            awaitForwarding("policy of FORWARD set to drop", start);
            start = System.nanoTime();
            host.run("iptables", "-F", "FORWARD");
            awaitForwarding("rules of FORWARD flushed", start);
            host.run("iptables", "-P", "FORWARD", "ACCEPT");
            host.run("iptables", "-F", "FORWARD");
        }
    }

    /** Sooner than the look that comes without a notification, even on a machine that other tests keep busy. */
    private static void awaitForwarding(String what, long start) {
        Wait.untilAsserted(
                Duration.ofSeconds(8),
                () -> assertThat(a.host()
                                .run("iptables", "-S", "FORWARD")
                                .stdout()
                                .lines()
                                .filter(rule -> rule.contains("rudder:rudder0") && rule.contains("ACCEPT")))
                        .hasSize(2));
        print(what, start);
    }

    /** Docker where iptables is that of the older kernel interface, of which the kernel tells nothing; its bridge it tells. */
    @Test
    void aPolicyOfTheOlderKernelInterfaceIsAnsweredAlsoIfItComesLater() {
        RudderProcess c = CLUSTER.start(CLUSTER.host("c")).awaitReady();
        c.host().run("iptables-legacy", "-P", "FORWARD", "DROP");
        c.host().run("ip", "link", "add", "docker0", "type", "bridge");
        Wait.untilAsserted(
                Duration.ofSeconds(8),
                () -> assertThat(legacyRules(c.host()).filter(rule -> rule.contains("rudder:rudder0")))
                        .hasSize(2));
        c.terminate(BOUND).orFail();
        assertThat(legacyRules(c.host())).containsExactly("-P FORWARD DROP");
        c.host().run("iptables-legacy", "-P", "FORWARD", "ACCEPT");
    }

    private static Stream<String> legacyRules(Host host) {
        return host.run("iptables-legacy", "-S", "FORWARD").stdout().lines();
    }

    @Test
    void theUnderlaysMtuIsFollowed() {
        Host host = a.host();
        long start = System.nanoTime();
        host.run("ip", "link", "set", "eth0", "mtu", "1400");
        Wait.untilAsserted(BOUND, () -> assertThat(a.subnetFile().mtuBytes()).isEqualTo(1372));
        assertThat(state()).contains("mtu 1372");
        print("underlay's MTU changed", start);
        host.run("ip", "link", "set", "eth0", "mtu", "1500");
        Wait.untilAsserted(BOUND, () -> assertThat(a.subnetFile().mtuBytes()).isEqualTo(1472));
        awaitPing();
    }

    @Test
    void theUnderlaysAddressIsFollowedInTheLeaseAndByThePeers() {
        String before = state();
        String subnet = a.subnetFile().subnet();
        long start = System.nanoTime();
        move(a.host().address(), "198.51.100.77");
        Wait.untilAsserted(
                BOUND,
                () -> assertThat(CLUSTER.etcd().get(a.leaseKey()).orElse("")).contains("198.51.100.77"));
        print("underlay's address changed, in the lease", start);
        awaitPing();
        print("underlay's address changed, packets flow", start);
        assertThat(state()).isEqualTo(before);
        assertThat(a.subnetFile().subnet()).isEqualTo(subnet);
        move("198.51.100.77", a.host().address());
        awaitPing();
    }

    private static void move(String from, String to) {
        a.host().run("sh", "-c", "ip addr del %s/24 dev eth0; ip addr add %s/24 dev eth0".formatted(from, to));
    }

    @Test
    void anUnderlayThatGoesDownAndUpIsGoneOnWith() {
        a.host().run("ip", "link", "set", "eth0", "down");
        Wait.until(BOUND, () -> a.host().ping(b.overlayAddress(), 1, "-W", "1").exitCode() != 0);
        a.host().run("ip", "link", "set", "eth0", "up");
        awaitPing();
    }

    @Test
    void whatCannotBeRepairedIsTriedAtIntervalsAndToldOnce() {
        RudderProcess c = CLUSTER.start(CLUSTER.host("c")).awaitReady();
        c.host().run("ip", "link", "add", "other0", "type", "veth", "peer", "name", "other1");
        c.host().run("ip", "link", "set", "other0", "up");
        c.host().run("sh", "-c", "ip route del 10.0.0.0/16 dev rudder0; ip route add 10.0.0.0/16 dev other0");
        c.process().awaitOutput("repair failed.*10.0.0.0/16 is taken by device other0", BOUND);
        c.host().run("ip", "link", "del", "other0");
        Wait.untilAsserted(
                BOUND,
                () -> assertThat(c.host().run("ip", "-4", "route").stdout()).contains("10.0.0.0/16 dev rudder0"));
        Map<String, Long> counters = c.finalCounters();
        assertThat(counters.get("repair_route")).isPositive();
        assertThat(counters.get("repair_failures")).isBetween(1L, 20L);
        assertThat(c.log().lines().filter(line -> line.contains("repair failed")))
                .hasSize(1);
    }
}
