package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.Certificates;
import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Faults 26 to 28: what keeps a daemon from being let in, or from finding etcd. */
@Tag("faults")
class AccessFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c", "g");

    private static final String SECRET = "s3cret-of-a-test";
    private static final String AS_ROOT = "--user=root:root";
    private static final String ALL = Etcd.PREFIX + "/";

    @TempDir
    Path folder;

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault26LoginsEndAndRightsAreMissing() throws IOException {
        try (SecondEtcd etcd = new SecondEtcd(CLUSTER, "--auth-token-ttl=2")) {
            etcd.putConfig();
            enableAuthentication(etcd);
            Path password = Files.writeString(folder.resolve("password"), SECRET + "\n");
            RudderProcess a = start(user(etcd, "a").with("etcd-password-file", password), "a");
            RudderProcess b = start(user(etcd, "b").with("etcd-password-file", password), "b");
            Flow.assertLossless("26", a, b, () -> {
                // Several logins end.
                Fault.lasts(Duration.ofSeconds(6));
                etcd.restart();
                etcd.etcdctl(AS_ROOT, "put", Ghosts.key(1), Ghosts.valueAt(CLUSTER));
                Ghosts.assertKnown(a, 1);
                Ghosts.assertKnown(b, 1);
                loseRights(etcd, a);
                etcd.etcdctl(AS_ROOT, "put", Ghosts.key(2), Ghosts.valueAt(CLUSTER));
                Ghosts.assertKnown(a, 2);
                assertTells("26", user(etcd, "c").with("etcd-password", "wr0ng"), "wrong user or password");
            });
            assertThat(a.log() + b.log()).doesNotContain(SECRET);
        }
    }

    private static void enableAuthentication(SecondEtcd etcd) {
        etcd.etcdctl("role", "add", "rudder");
        etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "read", ALL);
        etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "readwrite", ALL + "subnets/");
        etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "readwrite", ALL + "rudder/");
        etcd.etcdctl("user", "add", "rudder:" + SECRET);
        etcd.etcdctl("user", "grant-role", "rudder", "rudder");
        etcd.etcdctl("user", "add", "root:root");
        etcd.etcdctl("role", "add", "root");
        etcd.etcdctl("user", "grant-role", "root", "root");
        etcd.etcdctl("auth", "enable");
    }

    private static DaemonOptions user(SecondEtcd etcd, String host) {
        return etcd.options(host).with("etcd-username", "rudder");
    }

    /** For as long as it takes a daemon to name it. */
    private static void loseRights(SecondEtcd etcd, RudderProcess daemon) {
        etcd.etcdctl(AS_ROOT, "role", "revoke-permission", "rudder", "--prefix", ALL);
        etcd.restart();
        String cause = "permission denied: the user's role lacks these keys";
        Duration named = Fault.timed(() -> daemon.process().awaitOutput(cause, Duration.ofSeconds(100)));
        Fault.note("26", "missing right named after " + named.toMillis() + " ms");
        etcd.etcdctl(AS_ROOT, "role", "grant-permission", "rudder", "--prefix", "read", ALL);
        assertThat(daemon.log().lines().filter(line -> line.contains(cause)))
                .as("one line a minute")
                .hasSizeLessThan(3);
    }

    @Test
    void fault27Certificates() throws IOException {
        Certificates certificates = Certificates.create(folder);
        certificates.issue("etcd", "IP:198.51.100.254", "2");
        certificates.selfSign("stranger");
        Path current = Files.copy(certificates.certificate("client"), folder.resolve("current.pem"));
        // of the old form, PKCS#1
        Path currentKey = Files.copy(certificates.oldForm("client"), folder.resolve("current.key"));
        try (SecondEtcd etcd = new SecondEtcd(
                CLUSTER,
                "--client-cert-auth",
                "--trusted-ca-file=" + certificates.authority(),
                "--cert-file=" + certificates.certificate("etcd"),
                "--key-file=" + certificates.key("etcd"))) {
            etcd.access(List.of(
                    "--cacert=" + certificates.authority(),
                    "--cert=" + certificates.certificate("client"),
                    "--key=" + certificates.key("client")));
            etcd.putConfig();
            RudderProcess a = start(mutual(etcd.options("a"), certificates, current, currentKey), "a");
            RudderProcess b = start(mutual(etcd.options("b"), certificates, current, currentKey), "b");
            Flow.assertLossless("27", a, b, () -> {
                assertCausesAreTold(certificates, etcd.options("c"), current, currentKey);
                rotate(certificates, current, currentKey, a);
                etcd.put(Ghosts.key(1), Ghosts.valueAt(CLUSTER));
                Ghosts.assertKnown(a, 1);
                Ghosts.assertKnown(b, 1);
            });
        }
    }

    private static DaemonOptions mutual(DaemonOptions options, Certificates known, Path certificate, Path key) {
        return options.with("etcd-cafile", known.authority())
                .with("etcd-certfile", certificate)
                .with("etcd-keyfile", key);
    }

    private static void assertCausesAreTold(Certificates known, DaemonOptions options, Path certificate, Path key) {
        DaemonOptions mutual = mutual(options, known, certificate, key);
        String untrusted = "not from an authority that is trusted here";
        assertTells("27", options, untrusted);
        assertTells("27", mutual.with("etcd-cafile", known.certificate("stranger")), untrusted);
        assertTells(
                "27",
                options.with("etcd-cafile", known.authority()),
                "etcd refuses this host's certificate, or wants one");
        known.issue("expired", "DNS:old", "-1");
        Result expired = CLUSTER.start(CLUSTER.host("c"), mutual.with("etcd-cafile", known.certificate("expired")))
                .process()
                .awaitExit(Fault.BOUND);
        assertThat(expired.exitCode()).isEqualTo(2);
        assertThat(expired.stderr()).contains("has expired on").hasLineCount(1);
    }

    private static void rotate(Certificates known, Path certificate, Path key, RudderProcess daemon)
            throws IOException {
        known.issue("next", "DNS:next", "2");
        Files.copy(known.key("next"), key, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(known.certificate("next"), certificate, StandardCopyOption.REPLACE_EXISTING);
        Duration taken = Fault.timed(() -> daemon.process()
                .awaitOutput("certificate files for etcd have changed: connecting again", Duration.ofSeconds(60)));
        Fault.note("27", "rotation taken up after " + taken.toMillis() + " ms");
    }

    @Test
    void fault28EndpointsAreDeadOrUnknown() throws IOException {
        Host b = CLUSTER.host("b");
        Path names = Path.of("/etc/netns", b.namespace(), "hosts");
        Files.createDirectories(names.getParent());
        Files.writeString(names, "127.0.0.1 localhost\n");
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        try {
            RudderProcess a = CLUSTER.start(CLUSTER.host("a")).awaitReady();
            DaemonOptions dead = CLUSTER.optionsOf(CLUSTER.host("c"))
                    .with(
                            "etcd-endpoint",
                            "http://198.51.100.77:2379,http://etcd.test:2379,"
                                    + CLUSTER.etcd().endpoint());
            RudderProcess c = CLUSTER.start(CLUSTER.host("c"), dead);
            Duration ready = Fault.timed(c::awaitReady);
            Fault.note("28", "ready " + ready.toMillis() + " ms after the start beside a dead and an unknown endpoint");
            Flow.assertLossless("28", a, c, () -> {
                RudderProcess waiting =
                        CLUSTER.start(b, CLUSTER.optionsOf(b).with("etcd-endpoint", "http://etcd.test:2379"));
                waiting.process().awaitOutput("unknown host", Fault.BOUND);
                // of its two addresses the first is dead
                Files.writeString(names, "127.0.0.1 localhost\n198.51.100.77 etcd.test\n198.51.100.254 etcd.test\n");
                Duration found = Fault.timed(() -> waiting.awaitReady(Duration.ofSeconds(60)));
                Fault.note("28", "ready " + found.toMillis() + " ms after the name is known");
                new Ghosts(CLUSTER).put(1);
                Ghosts.assertKnown(c, 1);
                Ghosts.assertKnown(waiting, 1);
            });
        } finally {
            Files.delete(names);
            Files.delete(names.getParent());
        }
    }

    private static RudderProcess start(DaemonOptions options, String host) {
        return CLUSTER.start(CLUSTER.host(host), options).awaitReady();
    }

    /** A daemon on c says it soon, and once. */
    private static void assertTells(String fault, DaemonOptions options, String cause) {
        RudderProcess daemon = CLUSTER.start(CLUSTER.host("c"), options);
        Duration told = Fault.timed(() -> daemon.process().awaitOutput(cause, Fault.BOUND));
        Fault.note(fault, "\"" + cause + "\" told " + told.toMillis() + " ms after the start of the process");
        daemon.terminate(Fault.BOUND);
        assertThat(daemon.log().lines().filter(line -> line.contains(cause))).hasSize(1);
    }
}
