package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
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

/**
 * Faults 12, 13, 14, 16, 17 and 29: one of three hosts loses its subnet, its way to etcd, its daemon or all it had. The
 * two others talk meanwhile and must not notice; afterwards that host talks with one of them.
 */
class HostFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c", "g");

    private RudderProcess a;
    private RudderProcess b;
    private RudderProcess c;
    private String key;

    @BeforeEach
    void start() {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b", "c");
        a = daemons.get(0);
        b = daemons.get(1);
        c = daemons.get(2);
        key = b.leaseKey();
    }

    @AfterEach
    void reset() {
        CLUSTER.host("b").exec("nft", "delete", "table", "ip", "partition");
        CLUSTER.reset();
    }

    @Test
    void fault12TheKeyIsOverwritten() throws IOException {
        othersTalk("12 overwritten", () -> {
            CLUSTER.etcd().put(key, other());
            Fault.note(
                    "12 overwritten",
                    "another subnet after " + awaitOtherSubnet().toMillis() + " ms");
        });
        assertThat(CLUSTER.etcd().get(key)).contains(other());
        assertThat(b.log()).contains(CLUSTER.host("g").address());
    }

    @Test
    @Tag("faults")
    void fault13AnotherTakesTheSubnetOfAPartitionedHost() throws IOException {
        String oldAddress = b.overlayAddress();
        othersTalk("13", () -> {
            partition();
            CLUSTER.etcd().revokeLeaseOf(key);
            CLUSTER.etcd().put(key, other());
            Duration dropped = Fault.awaited(
                    () -> b.host().ping(a.overlayAddress(), 1, "-I", oldAddress).exitCode() != 0,
                    () -> "packets from the lost subnet are carried");
            Fault.lasts(Duration.ofSeconds(15));
            heal();
            Fault.note(
                    "13",
                    "packets of the lost subnet dropped after %d ms, another subnet %d ms after healing"
                            .formatted(dropped.toMillis(), awaitOtherSubnet().toMillis()));
        });
    }

    @Test
    @Tag("faults")
    void fault14NobodyTakesTheSubnetOfAPartitionedHost() throws IOException {
        String value = CLUSTER.etcd().get(key).orElseThrow();
        othersTalk("14", () -> {
            partition();
            CLUSTER.etcd().revokeLeaseOf(key);
            Fault.lasts(Duration.ofSeconds(15));
            heal();
            Duration back = Fault.awaited(
                    () -> CLUSTER.etcd().get(key).filter(value::equals).isPresent(), b::log);
            Fault.note("14", "same subnet back " + back.toMillis() + " ms after healing");
        });
    }

    @Test
    @Tag("faults")
    void fault16TheDaemonIsKilledAndComesBack() throws IOException {
        Path subnetFile = CLUSTER.host("b").directory().resolve("subnet.env");
        othersTalk("16 within its time to live", () -> {
            b.kill9();
            assertThat(restarted("16")).isEqualTo(key);
        });
        othersTalk("16 after its time to live", () -> {
            b.kill9();
            CLUSTER.etcd().revokeLeaseOf(key);
            assertThat(restarted("16")).isEqualTo(key);
        });
        othersTalk("16 without its subnet file", () -> {
            b.kill9();
            Files.delete(subnetFile);
            assertThat(restarted("16")).isEqualTo(key);
        });
        othersTalk("16 with another network's file", () -> {
            b.kill9();
            CLUSTER.etcd().revokeLeaseOf(key);
            Files.writeString(
                    subnetFile,
                    "RUDDER_NETWORK=10.99.0.0/16\nRUDDER_SUBNET=10.99.7.1/24\nRUDDER_MTU=1472\nRUDDER_IPMASQ=false\n");
            assertThat(restarted("16")).startsWith(Etcd.PREFIX + "/subnets/10.0.");
        });
    }

    @Test
    @Tag("faults")
    void fault17TheHostReboots() throws IOException {
        othersTalk("17", () -> {
            b.kill9();
            Host host = b.host();
            host.exec("ip", "link", "del", "rudder0");
            Files.delete(host.directory().resolve("subnet.env"));
            host.run("rm", "-rf", host.directory().resolve("run").toString());
            assertThat(restarted("17")).isEqualTo(key);
        });
    }

    @Test
    @Tag("faults")
    void fault29TheDaemonSleepsBeyondItsTimeToLive() throws IOException {
        othersTalk("29", () -> {
            b.process().signal("STOP");
            CLUSTER.etcd().revokeLeaseOf(key);
            CLUSTER.etcd().put(key, other());
            Fault.lasts(Duration.ofSeconds(5));
            b.process().signal("CONT");
            Fault.note("29", "another subnet " + awaitOtherSubnet().toMillis() + " ms after waking up");
        });
    }

    private void othersTalk(String fault, Flow.Happening happening) throws IOException {
        Flow.assertLossless(fault + ", between the others", a, c, happening);
        Flow.assertLossless(fault + ", with it afterwards", a, b);
    }

    /** The key of the lease with which the daemon on b comes back. */
    private String restarted(String fault) {
        b = CLUSTER.start(CLUSTER.host("b"));
        Duration ready = Fault.timed(b::awaitReady);
        Fault.note(fault, "ready " + ready.toMillis() + " ms after the start");
        return b.leaseKey();
    }

    /** Waits until the daemon on b has a lease of another subnet and says so in its file. */
    private Duration awaitOtherSubnet() {
        return Fault.awaited(
                () -> !b.leaseKey().equals(key)
                        && CLUSTER.etcd().get(b.leaseKey()).isPresent(),
                b::log);
    }

    /** What another node writes that takes the subnet. */
    private static String other() {
        return "{\"PublicIP\":\"" + CLUSTER.host("g").address() + "\",\"PublicIPv6\":null,"
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
