package io.rudder.etcd;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * What the files of {@link TlsFiles} come to.
 *
 * @param trust whom to trust
 * @param identity the client's certificate and key, if it has one
 */
record TlsMaterial(TrustManagerFactory trust, Optional<KeyManagerFactory> identity) {
    /** Protects nothing: the key store lives in memory only. */
    private static final char[] NO_PASSWORD = new char[0];

    /** Reads the files; an {@link IllegalArgumentException} of one line names the one that cannot be used. */
    static TlsMaterial load(TlsFiles files) {
        try {
            Optional<Path> authorities = files.certificateAuthority().or(SystemAuthorities::find);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities.isPresent() ? trusted(PemFile.read(authorities.get())) : null);
            Optional<KeyManagerFactory> identity = files.certificate().isPresent()
                    ? Optional.of(identity(
                            PemFile.read(files.certificate().get()),
                            PemFile.read(files.privateKey().orElseThrow())))
                    : Optional.empty();
            return new TlsMaterial(trust, identity);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
        }
    }

    /** Java would trust an authority whose time has passed. */
    private static KeyStore trusted(PemFile pem) throws GeneralSecurityException {
        List<X509Certificate> all = pem.certificates();
        Date now = Date.from(Instant.now());
        List<X509Certificate> valid = all.stream()
                .filter(certificate -> certificate.getNotAfter().after(now))
                .toList();
        if (valid.isEmpty()) {
            throw pem.complaint(
                    "the certificate has expired on " + all.get(0).getNotAfter().toInstant());
        }
        KeyStore store = emptyStore();
        for (int i = 0; i < valid.size(); i++) {
            store.setCertificateEntry("authority-" + i, valid.get(i));
        }
        return store;
    }

    private static KeyManagerFactory identity(PemFile certificate, PemFile key) throws GeneralSecurityException {
        X509Certificate[] chain = certificate.certificates().toArray(X509Certificate[]::new);
        PrivateKey privateKey = PrivateKeys.read(key);
        if (!belongTogether(chain[0], privateKey)) {
            throw key.complaint("the private key does not belong to the certificate in " + certificate.file());
        }
        KeyStore store = emptyStore();
        store.setKeyEntry("client", privateKey, NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory;
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        byte[] text = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(text);
        return signature.verify(signed);
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return store;
    }
}
