package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import io.rudder.it.tool.GhostEcho;
import java.time.Duration;

/**
 * Leases of nodes that exist in etcd only, 10.0.200.0/24 and on, beyond what daemons draw from. All are at one host,
 * "g", which answers pings for them. Whether a daemon knows one shows inside: a ping gets an answer; without a way it
 * hears "unreachable".
 */
final class Ghosts {
    /** A configuration that keeps the daemons out of the ghosts' subnets. */
    static final String CONFIG =
            "{\"Network\":\"10.0.0.0/16\",\"SubnetMax\":\"10.0.127.0\",\"Backend\":{\"Type\":\"udp\"}}";

    /** The 10 s that docs/reliability.md promises after healing, and what a busy machine takes for looking. */
    private static final Duration CAUGHT_UP = Duration.ofSeconds(30);

    private final Etcd etcd;
    private final String value;

    /** Ghosts of a cluster with a host "g", where they are at home from now on. */
    Ghosts(Cluster cluster) {
        this.etcd = cluster.etcd();
        this.value = valueAt(cluster);
    }

    /** The value of each ghost's lease; the host "g" answers for them from now on. */
    static String valueAt(Cluster cluster) {
        Host home = cluster.host("g");
        if (!home.run("ss", "-Hlun").stdout().contains(":8285")) {
            home.spawnTool(GhostEcho.class, home.address()).awaitOutput("answering", Fault.BOUND);
        }
        return lease(home.address());
    }

    /** The value of a lease of a node that says no more than its address. */
    static String lease(String publicIp) {
        return "{\"PublicIP\":\"" + publicIp + "\",\"PublicIPv6\":null}";
    }

    static String key(int number) {
        return Etcd.PREFIX + "/subnets/10.0." + (200 + number) + ".0-24";
    }

    void put(int number) {
        etcd.put(key(number), value);
    }

    void delete(int number) {
        etcd.delete(key(number));
    }

    /** Waits until a daemon knows a ghost, as all must within 10 s of a fault's end. */
    static void assertKnown(RudderProcess daemon, int number) {
        assertThat(Wait.until(CAUGHT_UP, () -> isKnown(daemon, number)))
                .as("ghost %d known on %s\n%s", number, daemon.host().name(), daemon.log())
                .isTrue();
    }

    /** Waits until a daemon knows of a ghost's end. */
    static void assertUnknown(RudderProcess daemon, int number) {
        assertThat(Wait.until(CAUGHT_UP, () -> isUnreachable(daemon, address(number))))
                .as("ghost %d gone on %s\n%s", number, daemon.host().name(), daemon.log())
                .isTrue();
    }

    /** Waits until a daemon knows no way to an address. */
    static void awaitUnreachable(RudderProcess daemon, String address) {
        assertThat(Wait.until(CAUGHT_UP, () -> isUnreachable(daemon, address)))
                .as(daemon.log())
                .isTrue();
    }

    /** Waits until a daemon knows of a ghost what etcd does. */
    void assertAsInEtcd(RudderProcess daemon, int number) {
        if (etcd.get(key(number)).isPresent()) {
            assertKnown(daemon, number);
        } else {
            assertUnknown(daemon, number);
        }
    }

    private static boolean isKnown(RudderProcess daemon, int number) {
        return ping(daemon, address(number)).exitCode() == 0;
    }

    private static boolean isUnreachable(RudderProcess daemon, String address) {
        return ping(daemon, address).output().contains("nreachable");
    }

    private static Result ping(RudderProcess daemon, String address) {
        return daemon.host().exec("ping", "-n", "-c", "1", "-W", "1", address);
    }

    private static String address(int number) {
        return "10.0." + (200 + number) + ".1";
    }
}
