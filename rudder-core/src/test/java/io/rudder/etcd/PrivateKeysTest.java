package io.rudder.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivateKeysTest {
    /** Made by openssl ecparam -name prime256v1 -genkey -noout for this test; protects nothing. */
    private static final String OPENSSL_EC = """
            MHcCAQEEIBZ43/IziLtO/S+NUOboFUYGWmWDVDZ6n1F1pjUWYew7oAoGCCqGSM49
            AwEHoUQDQgAEbX4eqjPB1n2oM6Zp85XmSJ0sJvmGSjzdszZOM2d2v8XDA5/2yGQI
            56KqNhgyv2l6UTOVoOH8bti2igFBGrFQBg==
            """;

    @ParameterizedTest
    @CsvSource({"RSA,2048", "EC,256", "EC,384", "Ed25519,255"})
    void readsTheFormThatJavaKnows(String algorithm, int bits) throws GeneralSecurityException {
        PrivateKey key = generate(algorithm, bits);

        assertThat(read("PRIVATE KEY", key.getEncoded()).getEncoded()).isEqualTo(key.getEncoded());
    }

    @Test
    void readsPkcs1() throws GeneralSecurityException {
        PrivateKey key = generate("RSA", 2048);

        assertThat(read("RSA PRIVATE KEY", inner(key))).isEqualTo(key);
    }

    @Test
    void readsSec1WithItsCurveInside() {
        PrivateKey key = PrivateKeys.read(pem(new PemFile.Block("EC PRIVATE KEY", OPENSSL_EC)));

        assertThat(((ECPrivateKey) key).getParams().getOrder().bitLength()).isEqualTo(256);
    }

    @Test
    void readsSec1WithItsCurveInABlockBefore() throws GeneralSecurityException {
        PrivateKey key = generate("EC", 384);
        byte[] secp384r1 = {0x06, 0x05, 0x2b, (byte) 0x81, 0x04, 0x00, 0x22};

        PrivateKey read =
                PrivateKeys.read(pem(block("EC PARAMETERS", secp384r1), block("EC PRIVATE KEY", withoutCurve(key))));

        assertThat(((ECPrivateKey) read).getS()).isEqualTo(((ECPrivateKey) key).getS());
    }

    @Test
    void saysInOneLineWhatItCannotUse() throws GeneralSecurityException {
        byte[] sec1 = withoutCurve(generate("EC", 256));

        assertComplaint("holds no private key in PEM form", pem());
        assertComplaint("does not name its curve", pem(block("EC PRIVATE KEY", sec1)));
        assertComplaint("is encrypted; decrypt it with openssl pkey", pem(block("ENCRYPTED PRIVATE KEY", sec1)));
        assertComplaint(
                "is encrypted; decrypt it with openssl pkey",
                pem(new PemFile.Block("RSA PRIVATE KEY", "\nProc-Type: 4,ENCRYPTED\n\nAAAA\n")));
        assertComplaint("DSA PRIVATE KEY is not supported", pem(block("DSA PRIVATE KEY", sec1)));
        assertComplaint("damaged private key", pem(block("PRIVATE KEY", sec1)));
        assertComplaint("damaged RSA PRIVATE KEY", pem(new PemFile.Block("RSA PRIVATE KEY", "A")));
    }

    @Test
    void damagedKeysAreComplainedAbout() {
        Random random = new Random(20261128);
        byte[] sec1 = Base64.getMimeDecoder().decode(OPENSSL_EC);
        for (int run = 0; run < 5000; run++) {
            byte[] damaged = Arrays.copyOf(sec1, random.nextInt(sec1.length + 1));
            for (int i = 0; damaged.length > 0 && i < random.nextInt(4); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                PrivateKeys.read(pem(block("EC PRIVATE KEY", damaged)));
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageStartingWith("/k.pem: ");
            }
        }
    }

    private static void assertComplaint(String text, PemFile pem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrivateKeys.read(pem))
                .withMessageStartingWith("/k.pem: ")
                .withMessageContaining(text);
    }

    private static PrivateKey generate(String algorithm, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair().getPrivate();
    }

    private static PrivateKey read(String label, byte[] bytes) {
        return PrivateKeys.read(pem(block(label, bytes)));
    }

    /** The old form, which PKCS#8 wraps. */
    private static byte[] inner(PrivateKey key) {
        return Der.find(key.getEncoded(), Der.OCTET_STRING).orElseThrow();
    }

    /** SEC1 with version and number only. */
    private static byte[] withoutCurve(PrivateKey key) throws GeneralSecurityException {
        assertThat(KeyFactory.getInstance("EC").translateKey(key)).isEqualTo(key);
        byte[] number = Der.find(inner(key), Der.OCTET_STRING).orElseThrow();
        return Der.wrap(Der.SEQUENCE, Der.concat(new byte[] {2, 1, 1}, Der.wrap(Der.OCTET_STRING, number)));
    }

    private static PemFile.Block block(String label, byte[] bytes) {
        return new PemFile.Block(label, Base64.getMimeEncoder().encodeToString(bytes));
    }

    private static PemFile pem(PemFile.Block... blocks) {
        return new PemFile(Path.of("/k.pem"), List.of(blocks));
    }
}
