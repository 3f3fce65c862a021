package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults 11 to 14, 16, 17, 19, 20, 25 and 29: something happens to the lease of one of two hosts that talk. */
class LeaseFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private static final Pattern LEASE_ID = Pattern.compile("\"lease\":(\\d+)");

    private RudderProcess a;
    private RudderProcess b;

    @BeforeEach
    void start() {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        a = daemons.get(0);
        b = daemons.get(1);
    }

    @AfterEach
    void reset() {
        CLUSTER.host("b").exec("nft", "delete", "table", "ip", "partition");
        CLUSTER.reset();
    }

    @Test
    void fault11TheEtcdLeaseIsRevoked() {
        String key = b.leaseKey();
        String value = CLUSTER.etcd().get(key).orElseThrow();
        try (Flow flow = Flow.between(a, b)) {
            revoke(key);
            Duration back = Fault.timed(() -> awaitValue(key, value));
            Fault.note("11", "same subnet back after " + back.toMillis() + " ms");
            Fault.lasts(Duration.ofSeconds(2));
            flow.end("11").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault12TheKeyIsDeleted() {
        String key = b.leaseKey();
        String value = CLUSTER.etcd().get(key).orElseThrow();
        try (Flow flow = Flow.between(a, b)) {
            CLUSTER.etcd().delete(key);
            Duration back = Fault.timed(() -> awaitValue(key, value));
            Fault.note("12 deleted", "same subnet back after " + back.toMillis() + " ms");
            Fault.lasts(Duration.ofSeconds(2));
            flow.end("12 deleted").assertLossless();
        }
    }

    @Test
    void fault12TheKeyIsOverwritten() {
        String old = b.leaseKey();
        CLUSTER.etcd().put(old, other(CLUSTER.host("c")));
        Duration fenced = Fault.timed(() -> awaitOtherSubnet(old));
        Fault.note("12 overwritten", "fenced, and another subnet leased after " + fenced.toMillis() + " ms");
        assertThat(CLUSTER.etcd().get(old)).contains(other(CLUSTER.host("c")));
        assertThat(b.log()).contains("198.51.100.3");
        assertReach();
    }

    @Test
    @Tag("faults")
    void fault13AnotherTakesTheSubnetOfAPartitionedHost() {
        String old = b.leaseKey();
        String oldAddress = b.overlayAddress();
        partition();
        revoke(old);
        CLUSTER.etcd().put(old, other(CLUSTER.host("c")));
        // what the partitioned host sends from its lost subnet is not carried any more
        assertThat(Wait.until(
                        Duration.ofSeconds(20),
                        () -> b.host()
                                        .ping(a.overlayAddress(), 1, "-I", oldAddress)
                                        .exitCode()
                                != 0))
                .isTrue();
        heal();
        Duration fenced = Fault.timed(() -> awaitOtherSubnet(old));
        Fault.note("13", "another subnet " + fenced.toMillis() + " ms after healing");
        assertReach();
    }

    @Test
    @Tag("faults")
    void fault14NobodyTakesTheSubnetOfAPartitionedHost() {
        String key = b.leaseKey();
        String value = CLUSTER.etcd().get(key).orElseThrow();
        partition();
        revoke(key);
        Fault.lasts(Duration.ofSeconds(15));
        heal();
        Duration back = Fault.timed(() -> awaitValue(key, value));
        Fault.note("14", "same subnet back " + back.toMillis() + " ms after healing");
        try (Flow flow = Flow.between(a, b)) {
            Fault.lasts(Duration.ofSeconds(2));
            flow.end("14, after healing").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault16TheDaemonIsKilledAndComesBack() throws IOException {
        String key = b.leaseKey();
        b.kill9();
        b = CLUSTER.start(CLUSTER.host("b")).awaitReady();
        assertThat(b.leaseKey()).as("within its time to live").isEqualTo(key);
        b.kill9();
        revoke(key);
        b = CLUSTER.start(CLUSTER.host("b")).awaitReady();
        assertThat(b.leaseKey()).as("after its time to live").isEqualTo(key);
        b.kill9();
        Path subnetFile = CLUSTER.host("b").directory().resolve("subnet.env");
        Files.delete(subnetFile);
        b = CLUSTER.start(CLUSTER.host("b")).awaitReady();
        assertThat(b.leaseKey()).as("without its subnet file").isEqualTo(key);
        b.kill9();
        revoke(key);
        Files.writeString(
                subnetFile,
                "RUDDER_NETWORK=10.99.0.0/16\nRUDDER_SUBNET=10.99.7.1/24\nRUDDER_MTU=1472\nRUDDER_IPMASQ=false\n");
        b = CLUSTER.start(CLUSTER.host("b")).awaitReady();
        assertThat(b.leaseKey()).as("with another network's file").startsWith(Etcd.PREFIX + "/subnets/10.0.");
        assertReach();
    }

    @Test
    @Tag("faults")
    void fault17TheHostReboots() throws IOException {
        String key = b.leaseKey();
        b.kill9();
        b.host().exec("ip", "link", "del", "rudder0");
        Files.deleteIfExists(CLUSTER.host("b").directory().resolve("subnet.env"));
        b.host().exec("rm", "-rf", CLUSTER.host("b").directory().resolve("run").toString());
        b = CLUSTER.start(CLUSTER.host("b")).awaitReady();
        assertThat(b.leaseKey()).isEqualTo(key);
        assertReach();
    }

    @Test
    @Tag("faults")
    void fault19TwoHostsHaveOnePublicAddress() {
        try (Flow flow = Flow.between(a, b)) {
            Host c = CLUSTER.host("c");
            RudderProcess second = CLUSTER.start(
                    c, CLUSTER.optionsOf(c).with("public-ip", a.host().address()));
            Result end = second.process().awaitExit(Fault.BOUND);
            assertThat(end.exitCode()).isEqualTo(1);
            assertThat(end.stderr()).contains("public address 198.51.100.1 belongs to node");
            flow.end("19").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault20ANodeIdIsCloned() throws IOException {
        Path original = a.host().directory().resolve("state");
        Path clone = Files.createDirectories(CLUSTER.host("c").directory().resolve("state"));
        try (var files = Files.list(original)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, clone.resolve(file.getFileName()));
            }
        }
        String key = a.leaseKey();
        String value = CLUSTER.etcd().get(key).orElseThrow();
        try (Flow flow = Flow.between(a, b)) {
            RudderProcess second = CLUSTER.start(CLUSTER.host("c"));
            Result end = second.process().awaitExit(Duration.ofSeconds(90));
            assertThat(end.exitCode()).isEqualTo(1);
            Fault.note("20", end.stderr().lines().reduce((one, two) -> two).orElse(""));
            flow.end("20").assertLossless();
            assertThat(CLUSTER.etcd().get(key)).contains(value);
        }
    }

    @Test
    void fault25AllLeasesAreDeleted() {
        String keyOfA = a.leaseKey();
        String keyOfB = b.leaseKey();
        try (Flow flow = Flow.between(a, b)) {
            CLUSTER.etcd().deleteAll(Etcd.PREFIX + "/subnets/");
            Duration back = Fault.timed(() -> assertThat(Wait.until(
                            Fault.BOUND,
                            () -> CLUSTER.etcd().keys(Etcd.PREFIX + "/subnets/").containsAll(List.of(keyOfA, keyOfB))))
                    .isTrue());
            Fault.note("25", "both back after " + back.toMillis() + " ms");
            Fault.lasts(Duration.ofSeconds(2));
            flow.end("25").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault29TheDaemonSleepsBeyondItsTimeToLive() {
        String key = b.leaseKey();
        b.process().signal("STOP");
        revoke(key);
        CLUSTER.etcd().put(key, other(CLUSTER.host("c")));
        Fault.lasts(Duration.ofSeconds(5));
        b.process().signal("CONT");
        Duration fenced = Fault.timed(() -> awaitOtherSubnet(key));
        Fault.note("29", "another subnet " + fenced.toMillis() + " ms after waking up");
        assertReach();
    }

    private void assertReach() {
        String address = b.overlayAddress();
        assertThat(Wait.until(Fault.BOUND, () -> a.host().ping(address, 1).exitCode() == 0))
                .isTrue();
    }

    /** Waits until the daemon on b has a lease of another subnet and says so in its file. */
    private void awaitOtherSubnet(String old) {
        assertThat(Wait.until(
                        Fault.BOUND,
                        () -> !b.leaseKey().equals(old)
                                && CLUSTER.etcd().get(b.leaseKey()).isPresent()))
                .as(b.log())
                .isTrue();
    }

    private static void awaitValue(String key, String value) {
        assertThat(Wait.until(
                        Fault.BOUND,
                        () -> CLUSTER.etcd().get(key).filter(value::equals).isPresent()))
                .isTrue();
    }

    private static void revoke(String key) {
        String json = CLUSTER.etcd().etcdctl("get", key, "-w", "json").orFail().stdout();
        Matcher id = LEASE_ID.matcher(json);
        assertThat(id.find()).as(json).isTrue();
        CLUSTER.etcd()
                .etcdctl("lease", "revoke", Long.toHexString(Long.parseLong(id.group(1))))
                .orFail();
    }

    private static String other(Host host) {
        return "{\"PublicIP\":\"" + host.address() + "\",\"PublicIPv6\":null,"
                + "\"BackendData\":{\"NodeID\":\"another\",\"Version\":1}}";
    }

    /** From now on host b and etcd do not hear of each other; packets between hosts pass. */
    private static void partition() {
        Host b = CLUSTER.host("b");
        b.run("nft", "add", "table", "ip", "partition");
        for (String hook : List.of("input", "output")) {
            b.run("nft", "add", "chain", "ip", "partition", hook, "{ type filter hook " + hook + " priority 0; }");
            String direction = hook.equals("input") ? "saddr" : "daddr";
            b.run("nft", "add", "rule", "ip", "partition", hook, "ip", direction, "198.51.100.254", "drop");
        }
    }

    private static void heal() {
        CLUSTER.host("b").run("nft", "delete", "table", "ip", "partition");
    }
}
