package io.rudder.etcd;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a file in PEM form (RFC 7468) holds. All complaints are an {@link IllegalArgumentException} of one line that
 * begins with the file's name.
 *
 * @param file its name
 * @param blocks in their order
 */
record PemFile(Path file, List<Block> blocks) {
    private static final int MAX_BYTES = 4 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*(?:-(?!----)[^-]*)*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";

    static PemFile read(Path file) {
        return new PemFile(
                file,
                BLOCK.matcher(text(file))
                        .results()
                        .map(match -> new Block(match.group(1), match.group(2)))
                        .toList());
    }

    /** All its certificates, at least one. */
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = blocks.stream()
                .filter(block -> block.label.equals(CERTIFICATE))
                .map(this::certificate)
                .toList();
        if (certificates.isEmpty()) {
            throw complaint("holds no certificate in PEM form (expected -----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    /** The bytes of a block. */
    byte[] bytes(Block block) {
        try {
            return Base64.getMimeDecoder().decode(block.body);
        } catch (IllegalArgumentException e) {
            throw complaint("damaged " + block.label + ": " + e.getMessage());
        }
    }

    IllegalArgumentException complaint(String text) {
        return new IllegalArgumentException(file + ": " + text);
    }

    private X509Certificate certificate(Block block) {
        try (InputStream in = new ByteArrayInputStream(bytes(block))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (CertificateException | IOException e) {
            throw complaint("damaged certificate: " + e.getMessage());
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(file + ": larger than " + (MAX_BYTES >> 20) + " MiB");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": no such file");
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(file + ": permission denied");
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage());
        }
    }

    /** What stands between BEGIN and END. */
    record Block(String label, String body) {}
}
