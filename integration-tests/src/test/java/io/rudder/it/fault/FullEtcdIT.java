package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fault 30: etcd's quota is used up, and it takes nothing new until somebody makes room. */
@Tag("faults")
class FullEtcdIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c", "g");

    private static final Pattern LEASE = Pattern.compile("\"lease\":(\\d+)");
    private static final Pattern REMAINING = Pattern.compile("remaining\\((\\d+)s\\)");
    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
    private static final String FILLER = "/filler";

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault30EtcdIsFull() throws IOException {
        try (SecondEtcd etcd = new SecondEtcd(CLUSTER, "--quota-backend-bytes=1048576")) {
            etcd.putConfig();
            RudderProcess a = start(etcd, "a");
            RudderProcess b = start(etcd, "b");
            Flow.assertLossless("30 full", a, b, () -> {
                fill(etcd);
                RudderProcess c = CLUSTER.start(CLUSTER.host("c"), etcd.options("c"));
                Duration named = Fault.timed(() -> c.process().awaitOutput("NOSPACE", Fault.BOUND));
                Fault.note("30 full", "NOSPACE named " + named.toMillis() + " ms after the start of the process");
                Duration renewed = assertRenewed(etcd, b);
                Fault.note("30 full", "a lease was renewed within " + renewed.toSeconds() + " s");
                makeRoom(etcd);
                Duration ready = Fault.timed(c::awaitReady);
                Fault.note("30 full", "ready " + ready.toMillis() + " ms after there was room");
                etcd.put(Ghosts.key(1), Ghosts.valueAt(CLUSTER));
                Ghosts.assertKnown(a, 1);
                Ghosts.assertKnown(b, 1);
            });
        }
    }

    /** Renews once a minute. */
    private static RudderProcess start(SecondEtcd etcd, String host) {
        return CLUSTER.start(CLUSTER.host(host), etcd.options(host).with("subnet-lease-renew-margin", 1439))
                .awaitReady();
    }

    private static void fill(SecondEtcd etcd) {
        String filler = "x".repeat(100_000);
        Fault.awaited(
                () -> etcd.tryEtcdctl("put", FILLER, filler).output().contains("space exceeded"), () -> "never full");
    }

    private static void makeRoom(SecondEtcd etcd) {
        etcd.etcdctl("del", FILLER);
        String status = etcd.tryEtcdctl("endpoint", "status", "-w", "json").stdout();
        etcd.etcdctl("compact", "--physical", number(REVISION, status));
        etcd.etcdctl("defrag");
        etcd.etcdctl("alarm", "disarm");
    }

    /** Waits until a lease has longer to live than before. */
    private static Duration assertRenewed(SecondEtcd etcd, RudderProcess daemon) {
        String json = etcd.tryEtcdctl("get", daemon.leaseKey(), "-w", "json").stdout();
        String id = Long.toHexString(Long.parseLong(number(LEASE, json)));
        long before = remaining(etcd, id);
        return Fault.awaited(Duration.ofSeconds(100), () -> remaining(etcd, id) > before, daemon::log);
    }

    private static long remaining(SecondEtcd etcd, String id) {
        return Long.parseLong(
                number(REMAINING, etcd.tryEtcdctl("lease", "timetolive", id).stdout()));
    }

    private static String number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return found.group(1);
    }
}
