package io.rudder.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A certificate authority of a test, and what it issues, made by openssl in one folder. */
public final class Certificates {
    private static final String DAYS = "2";

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    /** A new authority, with certificates {@code server} for 127.0.0.1 and localhost, and {@code client}. */
    public static Certificates create(Path folder) {
        Certificates made = new Certificates(folder);
        made.selfSign("ca");
        made.issue("server", "IP:127.0.0.1,DNS:localhost", DAYS);
        made.issue("client", "DNS:client", DAYS);
        return made;
    }

    public Path authority() {
        return certificate("ca");
    }

    public Path certificate(String name) {
        return folder.resolve(name + ".pem");
    }

    public Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /** A certificate that nobody issued but itself. */
    public void selfSign(String name) {
        newKey(name);
        openssl(
                "req",
                "-x509",
                "-new",
                "-key",
                key(name).toString(),
                "-subj",
                "/CN=" + name,
                "-days",
                DAYS,
                "-out",
                certificate(name).toString());
    }

    /** A certificate of this authority, for servers and clients; negative days are over already. */
    public void issue(String name, String alternativeNames, String days) {
        newKey(name);
        Path request = folder.resolve(name + ".csr");
        Path extensions = folder.resolve(name + ".ext");
        write(extensions, "subjectAltName=" + alternativeNames + "\nextendedKeyUsage=serverAuth,clientAuth\n");
        openssl("req", "-new", "-key", key(name).toString(), "-subj", "/CN=" + name, "-out", request.toString());
        openssl(
                "x509",
                "-req",
                "-in",
                request.toString(),
                "-CA",
                authority().toString(),
                "-CAkey",
                key("ca").toString(),
                "-CAcreateserial",
                "-days",
                days,
                "-extfile",
                extensions.toString(),
                "-out",
                certificate(name).toString());
    }

    /** A key in the oldest of the forms, PKCS#1 or SEC1. */
    public Path oldForm(String name) {
        Path old = folder.resolve(name + ".old.key");
        openssl("pkey", "-traditional", "-in", key(name).toString(), "-out", old.toString());
        return old;
    }

    private void newKey(String name) {
        openssl(
                "genpkey",
                "-algorithm",
                "RSA",
                "-pkeyopt",
                "rsa_keygen_bits:2048",
                "-out",
                key(name).toString());
    }

    private void openssl(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "openssl";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(List.copyOf(Arrays.asList(command)) + ": " + output);
            }
        } catch (IOException e) {
            throw new AssertionError("cannot run openssl (" + e.getMessage() + "): apt-get install openssl", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
