package io.rudder.etcd;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/**
 * Reads a private key. Java knows one form only, PKCS#8 (RFC 5958); the older forms that openssl writes for RSA (PKCS#1,
 * RFC 8017 A.1.2) and for elliptic curves (SEC1, RFC 5915) become that by an envelope that names the algorithm:
 *
 * <pre>
 * SEQUENCE { INTEGER 0, SEQUENCE { OID algorithm, parameters }, OCTET STRING { old form } }
 * </pre>
 */
final class PrivateKeys {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    /** 1.2.840.113549.1.1.1 and NULL. */
    private static final byte[] RSA = {
        0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    /** 1.2.840.10045.2.1; the curve follows. */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    private PrivateKeys() {}

    /** The first key of a file; an {@link IllegalArgumentException} of one line if there is none of use. */
    static PrivateKey read(PemFile pem) {
        PemFile.Block block = pem.blocks().stream()
                .filter(candidate -> candidate.label().endsWith("PRIVATE KEY"))
                .findFirst()
                .orElseThrow(() -> pem.complaint("holds no private key in PEM form"));
        if (block.label().startsWith("ENCRYPTED") || block.body().contains("ENCRYPTED")) {
            throw pem.complaint("the private key is encrypted; decrypt it with openssl pkey -in FILE -out NEWFILE");
        }
        byte[] bytes = pem.bytes(block);
        return switch (block.label()) {
            case "PRIVATE KEY" -> parse(pem, bytes);
            case "RSA PRIVATE KEY" -> parse(pem, envelope(RSA, bytes));
            case "EC PRIVATE KEY" -> parse(pem, envelope(Der.concat(EC, curve(pem, bytes)), bytes));
            default ->
                throw pem.complaint(block.label() + " is not supported; expected PRIVATE KEY, RSA PRIVATE KEY or EC"
                        + " PRIVATE KEY");
        };
    }

    /** Named inside the key (RFC 5915: [0]), or in a block of its own before it. */
    private static byte[] curve(PemFile pem, byte[] key) {
        Optional<byte[]> inside = Der.find(key, Der.CONTEXT_0);
        return inside.or(() -> pem.blocks().stream()
                        .filter(block -> block.label().equals("EC PARAMETERS"))
                        .findFirst()
                        .map(pem::bytes))
                .orElseThrow(() -> pem.complaint("the EC private key does not name its curve"));
    }

    private static byte[] envelope(byte[] algorithm, byte[] key) {
        return Der.wrap(
                Der.SEQUENCE, Der.concat(VERSION, Der.wrap(Der.SEQUENCE, algorithm), Der.wrap(Der.OCTET_STRING, key)));
    }

    private static PrivateKey parse(PemFile pem, byte[] pkcs8) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                // not of this algorithm
            }
        }
        throw pem.complaint("damaged private key, or neither RSA, EC nor Ed25519");
    }
}
