package io.rudder.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What secures the connection to etcd: files in PEM form, all of them optional. They are read again when they change.
 *
 * @param certificateAuthority whom to trust, one or more certificates; the system's authorities if empty
 * @param certificate the client's certificate, and after it those between it and its authority
 * @param privateKey the key that belongs to it, unencrypted: PKCS#8, PKCS#1 (RSA) or SEC1 (EC)
 */
public record TlsFiles(Optional<Path> certificateAuthority, Optional<Path> certificate, Optional<Path> privateKey) {
    /** The system's authorities, and no certificate of one's own. */
    public static final TlsFiles NONE = new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

    public TlsFiles {
        if (certificate.isPresent() != privateKey.isPresent()) {
            throw new IllegalArgumentException(
                    certificate.isPresent()
                            ? "a certificate without its private key: expected both or none"
                            : "a private key without its certificate: expected both or none");
        }
    }

    /** Whether any is given. */
    public boolean isGiven() {
        return all().findAny().isPresent();
    }

    /**
     * Reads them once.
     *
     * @throws IllegalArgumentException names the file that cannot be used, and why, in one line
     */
    public void check() {
        TlsMaterial.load(this);
    }

    /** A fingerprint of what the files hold now; another one if a file cannot be read. */
    String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : all().toList()) {
                digest.update(Files.readAllBytes(file));
            }
            return new java.math.BigInteger(1, digest.digest()).toString(16);
        } catch (IOException e) {
            return "unreadable " + e.getMessage();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Stream<Path> all() {
        return Stream.of(certificateAuthority, certificate, privateKey).flatMap(Optional::stream);
    }
}
