package io.rudder.etcd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a system keeps the authorities that it trusts. Preferred to Java's own list, which many runtimes bring along and
 * no administrator maintains.
 */
final class SystemAuthorities {
    /** Debian and Ubuntu, Red Hat, SUSE, Alpine: the order in which Go, and so etcdctl, looks. */
    private static final List<Path> BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private SystemAuthorities() {}

    /** The file that openssl's and Go's variable SSL_CERT_FILE names, or the system's; empty to use Java's list. */
    static Optional<Path> find() {
        return find(System.getenv("SSL_CERT_FILE"));
    }

    static Optional<Path> find(String chosen) {
        if (chosen != null && !chosen.isEmpty()) {
            return Optional.of(Path.of(chosen));
        }
        return BUNDLES.stream().filter(Files::isReadable).findFirst();
    }
}
