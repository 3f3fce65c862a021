package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.Certificates;
import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
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
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b");

    private static final String SECRET = "s3cret-of-a-test";

    @TempDir
    Path folder;

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault26LoginsEndAndRightsAreMissing() throws IOException {
        Host host = CLUSTER.host("a");
        try (SecondEtcd etcd = new SecondEtcd("--auth-token-ttl=2")) {
            etcd.etcdctl("put", Etcd.PREFIX + "/config", Ghosts.CONFIG);
            etcd.etcdctl("role", "add", "rudder");
            etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "read", Etcd.PREFIX + "/");
            etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "readwrite", Etcd.PREFIX + "/subnets/");
            etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "readwrite", Etcd.PREFIX + "/rudder/");
            etcd.etcdctl("user", "add", "rudder:" + SECRET);
            etcd.etcdctl("user", "grant-role", "rudder", "rudder");
            etcd.etcdctl("user", "add", "root:root");
            etcd.etcdctl("role", "add", "root");
            etcd.etcdctl("user", "grant-role", "root", "root");
            etcd.etcdctl("auth", "enable");
            Path password = Files.writeString(folder.resolve("password"), SECRET + "\n");
            DaemonOptions options = CLUSTER.optionsOf(host)
                    .with("etcd-endpoint", etcd.endpoint("http"))
                    .with("etcd-username", "rudder");

            RudderProcess daemon = CLUSTER.start(host, options.with("etcd-password-file", password))
                    .awaitReady();
            Fault.lasts(Duration.ofSeconds(6));
            etcd.restart();
            etcd.etcdctl("--user=root:root", "put", Ghosts.key(1), "{\"PublicIP\":\"198.51.100.2\"}");
            Ghosts.assertKnown(daemon, 1);
            etcd.etcdctl("--user=root:root", "role", "revoke-permission", "rudder", "--prefix", Etcd.PREFIX + "/");
            etcd.restart();
            daemon.process()
                    .awaitOutput("permission denied: the user's role lacks these keys", Duration.ofSeconds(100));
            assertThat(daemon.log()).doesNotContain(SECRET);
            daemon.terminate(Fault.BOUND);

            RudderProcess wrong = CLUSTER.start(host, options.with("etcd-password", "wr0ng"));
            Duration told = Fault.timed(() -> wrong.process().awaitOutput("wrong user or password", Fault.BOUND));
            Fault.note("26", "wrong password told after " + told.toMillis() + " ms from the start");
            assertThat(wrong.log()).doesNotContain("wr0ng");
        }
    }

    @Test
    void fault27Certificates() throws IOException {
        Host host = CLUSTER.host("a");
        Certificates certificates = Certificates.create(folder);
        certificates.issue("etcd", "IP:198.51.100.254", "2");
        certificates.selfSign("stranger");
        Path current = Files.copy(certificates.certificate("client"), folder.resolve("current.pem"));
        Path currentKey = Files.copy(certificates.oldForm("client"), folder.resolve("current.key"));
        try (SecondEtcd etcd = new SecondEtcd(
                "--client-cert-auth",
                "--trusted-ca-file=" + certificates.authority(),
                "--cert-file=" + certificates.certificate("etcd"),
                "--key-file=" + certificates.key("etcd"))) {
            List<String> access = List.of(
                    "--cacert=" + certificates.authority(),
                    "--cert=" + certificates.certificate("client"),
                    "--key=" + certificates.key("client"));
            etcd.access(access);
            etcd.etcdctl("put", Etcd.PREFIX + "/config", Ghosts.CONFIG);
            DaemonOptions options = CLUSTER.optionsOf(host).with("etcd-endpoint", etcd.endpoint("https"));
            DaemonOptions mutual = options.with("etcd-cafile", certificates.authority())
                    .with("etcd-certfile", current)
                    .with("etcd-keyfile", currentKey);

            assertTells(host, options, "not from an authority that is trusted here");
            assertTells(
                    host,
                    mutual.with("etcd-cafile", certificates.certificate("stranger")),
                    "not from an authority that is trusted here");
            assertTells(
                    host,
                    options.with("etcd-cafile", certificates.authority()),
                    "etcd refuses this host's certificate, or wants one");
            certificates.issue("expired", "DNS:old", "-1");
            Result expired = CLUSTER.start(host, mutual.with("etcd-cafile", certificates.certificate("expired")))
                    .process()
                    .awaitExit(Fault.BOUND);
            assertThat(expired.exitCode()).isEqualTo(2);
            assertThat(expired.stderr()).contains("has expired on").hasLineCount(1);

            RudderProcess daemon = CLUSTER.start(host, mutual).awaitReady();
            certificates.issue("next", "DNS:next", "2");
            Files.copy(certificates.key("next"), currentKey, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(certificates.certificate("next"), current, StandardCopyOption.REPLACE_EXISTING);
            Duration taken = Fault.timed(() -> daemon.process()
                    .awaitOutput("certificate files for etcd have changed: connecting again", Duration.ofSeconds(60)));
            Fault.note("27", "rotation taken up after " + taken.toMillis() + " ms");
            etcd.etcdctl("put", Ghosts.key(1), "{\"PublicIP\":\"198.51.100.2\"}");
            Ghosts.assertKnown(daemon, 1);
        }
    }

    @Test
    void fault28EndpointsAreDeadOrUnknown() throws IOException {
        Host host = CLUSTER.host("b");
        Path names = Path.of("/etc/netns", host.namespace(), "hosts");
        Files.createDirectories(names.getParent());
        Files.writeString(names, "127.0.0.1 localhost\n");
        try {
            DaemonOptions options = CLUSTER.optionsOf(host);
            String black = "http://198.51.100.77:2379";
            RudderProcess first = CLUSTER.start(
                    host,
                    options.with(
                            "etcd-endpoint",
                            black + ",http://etcd.test:2379," + CLUSTER.etcd().endpoint()));
            Duration ready = Fault.timed(first::awaitReady);
            Fault.note("28", "ready " + ready.toMillis() + " ms after the start beside a dead and an unknown endpoint");
            first.terminate(Fault.BOUND);

            RudderProcess second = CLUSTER.start(host, options.with("etcd-endpoint", "http://etcd.test:2379"));
            second.process().awaitOutput("unknown host", Fault.BOUND);
            // of its two addresses the first is dead
            Files.writeString(names, "127.0.0.1 localhost\n198.51.100.77 etcd.test\n198.51.100.254 etcd.test\n");
            Duration found = Fault.timed(() -> second.awaitReady(Duration.ofSeconds(60)));
            Fault.note("28", "ready " + found.toMillis() + " ms after the name is known");
        } finally {
            Files.delete(names);
            Files.delete(names.getParent());
        }
    }

    /** The daemon says it soon, and once. */
    private static void assertTells(Host host, DaemonOptions options, String cause) {
        RudderProcess daemon = CLUSTER.start(host, options);
        Duration told = Fault.timed(() -> daemon.process().awaitOutput(cause, Fault.BOUND));
        Fault.note("27", "\"" + cause + "\" told after " + told.toMillis() + " ms from the start");
        daemon.terminate(Fault.BOUND);
        assertThat(daemon.log().lines().filter(line -> line.contains(cause))).hasSize(1);
    }

    /** An etcd beside the cluster's own, with options of its own. */
    private static final class SecondEtcd implements AutoCloseable {
        private static final String CLIENT_PORT = "4379";
        private static final String PEER_PORT = "4380";

        private final Host host = CLUSTER.middle();
        private final String[] options;
        private final String scheme;
        private List<String> access = List.of();
        private Running process;

        SecondEtcd(String... options) {
            this.options = options;
            this.scheme =
                    List.of(options).stream().anyMatch(option -> option.startsWith("--cert-file")) ? "https" : "http";
            launch();
        }

        String endpoint(String prefix) {
            return prefix + "://" + host.address() + ":" + CLIENT_PORT;
        }

        void access(List<String> arguments) {
            access = arguments;
        }

        void restart() {
            process.close();
            launch();
        }

        private void launch() {
            String peer = "http://127.0.0.1:" + PEER_PORT;
            List<String> command = new java.util.ArrayList<>(List.of(
                    "etcd",
                    "--name=second",
                    "--data-dir=" + host.directory().resolve("second"),
                    "--listen-client-urls=" + endpoint(scheme),
                    "--advertise-client-urls=" + endpoint(scheme),
                    "--listen-peer-urls=" + peer,
                    "--initial-advertise-peer-urls=" + peer,
                    "--initial-cluster=second=" + peer,
                    "--log-level=warn"));
            command.addAll(List.of(options));
            process = host.spawn(command);
            assertThat(Wait.until(
                            Fault.BOUND, () -> host.run("ss", "-Htln").stdout().contains(":" + CLIENT_PORT)))
                    .as(process.stderr())
                    .isTrue();
        }

        void etcdctl(String... arguments) {
            List<String> command = new java.util.ArrayList<>(List.of(
                    "env", "ETCDCTL_API=3", "etcdctl", "--endpoints=" + endpoint(scheme), "--command-timeout=10s"));
            command.addAll(access);
            command.addAll(List.of(arguments));
            // just started, it may listen and not answer yet
            assertThat(Wait.until(
                            Fault.BOUND,
                            () -> host.exec(command.toArray(String[]::new)).exitCode() == 0))
                    .as(command.toString())
                    .isTrue();
        }

        @Override
        public void close() {
            process.close();
            host.exec("rm", "-rf", host.directory().resolve("second").toString());
        }
    }
}
