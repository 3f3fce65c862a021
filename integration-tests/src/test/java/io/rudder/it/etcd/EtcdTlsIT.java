package io.rudder.it.etcd;

import static io.rudder.it.etcd.Registries.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.etcd.TlsFiles;
import io.rudder.it.Certificates;
import io.rudder.it.EtcdServer;
import io.rudder.lease.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards a real etcd: each way in, and the one line for each way of being kept out. */
class EtcdTlsIT {
    private static final Duration CAUSE_LIMIT = Duration.ofSeconds(5);

    @TempDir
    static Path folder;

    @TempDir
    Path scratch;

    private static Certificates certificates;
    private static EtcdServer etcd;
    private static EtcdServer mutual;

    @BeforeAll
    static void startEtcd() {
        certificates = Certificates.create(folder);
        etcd = EtcdServer.startSecured(certificates, "server");
        mutual = EtcdServer.startSecured(
                certificates, "server", "--client-cert-auth", "--trusted-ca-file=" + certificates.authority());
    }

    @AfterAll
    static void stopEtcd() {
        etcd.close();
        mutual.close();
    }

    @Test
    void connectsWithAnAuthorityAlone() {
        assertConnects(etcd.endpoint(), authorityAlone());
        assertConnects("https://localhost:" + etcd.clientPort(), authorityAlone());
    }

    @Test
    void connectsWithACertificateOfItsOwn() {
        assertConnects(mutual.endpoint(), withClient(certificates.key("client")));
        assertConnects(mutual.endpoint(), withClient(certificates.oldForm("client")));
    }

    @Test
    void tellsThatTheAuthorityIsUnknown() {
        certificates.selfSign("stranger");

        assertRefused(
                etcd.endpoint(),
                authority(certificates.certificate("stranger")),
                "the server's certificate is not from an authority that is trusted here (-etcd-cafile)");
        // the system's authorities know no test's authority either
        assertRefused(
                etcd.endpoint(),
                TlsFiles.NONE,
                "the server's certificate is not from an authority that is trusted here (-etcd-cafile)");
    }

    @Test
    void tellsThatTheServersCertificateIsForAnotherName() {
        certificates.issue("elsewhere", "DNS:etcd.example,IP:192.0.2.1", "2");
        try (EtcdServer other = EtcdServer.startSecured(certificates, "elsewhere")) {
            assertRefused(
                    other.endpoint(),
                    authorityAlone(),
                    "the server's certificate is for another name than the endpoint's");
        }
    }

    @Test
    void tellsThatEtcdWantsACertificate() {
        assertRefused(
                mutual.endpoint(),
                authorityAlone(),
                "etcd refuses this host's certificate, or wants one (-etcd-certfile, -etcd-keyfile)");
    }

    @Test
    void tellsWhichSideSpeaksNoTls() {
        try (EtcdLeaseRegistry registry = connect(etcd.endpoint().replace("https", "http"), TlsFiles.NONE)) {
            // closed or reset: that depends on who is faster
            assertThat(catchThrowableOfType(RegistryException.class, () -> get(registry.head())))
                    .hasMessageMatching(".*: connection (closed|reset) \\(does etcd expect https\\?\\)");
        }
        try (EtcdServer plain = EtcdServer.start();
                EtcdLeaseRegistry registry = connect(plain.endpoint().replace("http", "https"), authorityAlone())) {
            assertThat(catchThrowableOfType(RegistryException.class, () -> get(registry.head())))
                    .hasMessageMatching(".*: (the endpoint broke off the TLS handshake|connection (closed|reset))"
                            + " \\(http:// instead of https://\\?\\)");
        }
    }

    @Test
    void tellsThatTheServersCertificateHasExpired() {
        certificates.issue("overdue", "IP:127.0.0.1", "-1");
        try (EtcdServer other = EtcdServer.startSecured(certificates, "overdue")) {
            assertRefused(other.endpoint(), authorityAlone(), "the server's certificate has expired");
        }
    }

    @Test
    void namesTheFileThatIsOfNoUse() throws IOException {
        certificates.issue("expired", "DNS:expired", "-1");
        certificates.issue("other", "DNS:other", "2");
        Path garbage = Files.writeString(
                scratch.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n" + "-----END CERTIFICATE-----\n");

        assertUnusable(authority(certificates.certificate("expired")), "expired.pem: the certificate has expired on ");
        assertUnusable(authority(scratch.resolve("absent")), "absent: no such file");
        assertUnusable(authority(garbage), "garbage.pem: damaged certificate");
        assertUnusable(
                withClient(certificates.key("other")),
                "other.key: the private key does not belong to the certificate in "
                        + certificates.certificate("client"));
        assertUnusable(withClient(certificates.authority()), "ca.pem: holds no private key in PEM form");
    }

    @Test
    void takesUpFilesThatChangeOnDisk() throws IOException {
        Path certificate = copy(certificates.certificate("client"), "current.pem");
        Path key = copy(certificates.key("client"), "current.key");
        TlsFiles files =
                new TlsFiles(Optional.of(certificates.authority()), Optional.of(certificate), Optional.of(key));
        certificates.issue("next", "DNS:next", "2");
        try (EtcdLeaseRegistry registry = connect(mutual.endpoint(), files)) {
            RecordingListener listener = new RecordingListener();
            registry.watch(get(registry.head()).revision() + 1, listener);
            listener.awaitCreated();

            copy(certificates.certificate("next"), "current.pem");
            copy(certificates.key("next"), "current.key");

            // the connection of the old certificate ends, which ends its watch
            await().atMost(Duration.ofSeconds(60)).until(() -> !listener.ends.isEmpty());
            assertThat(get(registry.list()).revision()).isPositive();
        }
    }

    private Path copy(Path from, String name) throws IOException {
        return Files.copy(from, scratch.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static TlsFiles authorityAlone() {
        return authority(certificates.authority());
    }

    private static TlsFiles authority(Path file) {
        return new TlsFiles(Optional.of(file), Optional.empty(), Optional.empty());
    }

    private static TlsFiles withClient(Path key) {
        return new TlsFiles(
                Optional.of(certificates.authority()),
                Optional.of(certificates.certificate("client")),
                Optional.of(key));
    }

    private static EtcdLeaseRegistry connect(String endpoints, TlsFiles files) {
        return new EtcdLeaseRegistry(
                EtcdOptions.of(endpoints, EtcdOptions.DEFAULT_PREFIX).withTls(files));
    }

    private static void assertConnects(String endpoint, TlsFiles files) {
        files.check();
        try (EtcdLeaseRegistry registry = connect(endpoint, files)) {
            assertThat(get(registry.head()).clusterId()).isNotZero();
        }
    }

    private static void assertRefused(String endpoint, TlsFiles files, String explanation) {
        try (EtcdLeaseRegistry registry = connect(endpoint, files)) {
            long start = System.nanoTime();
            RegistryException failure = catchThrowableOfType(RegistryException.class, () -> get(registry.head()));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CAUSE_LIMIT);
            assertThat(failure).hasMessage("cannot count the leases at etcd " + endpoint + ": " + explanation);
            RecordingListener listener = new RecordingListener();
            registry.watch(1, listener);
            assertThat(listener.awaitEnd()).hasMessageEndingWith(explanation);
        }
    }

    private static void assertUnusable(TlsFiles files, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(files::check)
                .withMessageContaining(message)
                .withMessageNotContaining("\n");
    }
}
