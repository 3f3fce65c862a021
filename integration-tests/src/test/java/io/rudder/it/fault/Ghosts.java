package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.time.Duration;

/**
 * Leases of nodes that exist in etcd only, 10.0.200.0/24 and on, beyond what daemons draw from. Whether a daemon knows
 * one shows inside: to a subnet that it does not know the kernel's ping hears "unreachable".
 */
final class Ghosts {
    /** A configuration that keeps the daemons out of the ghosts' subnets. */
    static final String CONFIG =
            "{\"Network\":\"10.0.0.0/16\",\"SubnetMax\":\"10.0.127.0\",\"Backend\":{\"Type\":\"udp\"}}";

    /** The 10 s that docs/reliability.md promises after healing, and what a busy machine takes for looking. */
    private static final Duration CAUGHT_UP = Duration.ofSeconds(30);

    private final Etcd etcd;
    private final String publicIp;

    /** Ghosts at a host's address. */
    Ghosts(Etcd etcd, Host at) {
        this.etcd = etcd;
        this.publicIp = at.address();
    }

    static String key(int number) {
        return Etcd.PREFIX + "/subnets/10.0." + (200 + number) + ".0-24";
    }

    void put(int number) {
        etcd.put(key(number), "{\"PublicIP\":\"" + publicIp + "\",\"PublicIPv6\":null}");
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
        assertThat(Wait.until(CAUGHT_UP, () -> !isKnown(daemon, number)))
                .as("ghost %d gone on %s\n%s", number, daemon.host().name(), daemon.log())
                .isTrue();
    }

    /** Waits until a daemon knows no way to an address. */
    static void awaitUnreachable(RudderProcess daemon, String address) {
        assertThat(Wait.until(CAUGHT_UP, () -> !isReachable(daemon, address)))
                .as(daemon.log())
                .isTrue();
    }

    static boolean isKnown(RudderProcess daemon, int number) {
        return isReachable(daemon, "10.0." + (200 + number) + ".1");
    }

    private static boolean isReachable(RudderProcess daemon, String address) {
        String output =
                daemon.host().exec("ping", "-n", "-c", "1", "-W", "1", address).output();
        return !output.contains("nreachable");
    }
}
