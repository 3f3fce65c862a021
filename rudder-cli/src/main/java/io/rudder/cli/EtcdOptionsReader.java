package io.rudder.cli;

import io.rudder.etcd.EtcdOptions;
import io.rudder.etcd.TlsFiles;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads how etcd is reached. No message holds a password, nor what may be one. */
final class EtcdOptionsReader {
    private final OptionValues values;

    EtcdOptionsReader(OptionValues values) {
        this.values = values;
    }

    EtcdOptions read() throws OptionException {
        // Endpoints and prefix are checked one after the other, so that each complaint names its own option.
        String endpoints = values.get(DaemonOption.ETCD_ENDPOINT, text -> {
            EtcdOptions.of(text, EtcdOptions.DEFAULT_PREFIX);
            return text;
        });
        EtcdOptions plain = values.get(DaemonOption.ETCD_PREFIX, prefix -> EtcdOptions.of(endpoints, prefix));
        EtcdOptions secured = secure(plain);
        Optional<EtcdOptions.Credentials> credentials = credentials();
        return credentials.isPresent() ? secured.withCredentials(credentials.get()) : secured;
    }

    private EtcdOptions secure(EtcdOptions plain) throws OptionException {
        Optional<Path> authority = file(DaemonOption.ETCD_CAFILE);
        Optional<Path> certificate = file(DaemonOption.ETCD_CERTFILE);
        Optional<Path> key = file(DaemonOption.ETCD_KEYFILE);
        if (certificate.isPresent() != key.isPresent()) {
            throw new OptionException(
                    certificate.isPresent()
                            ? "-etcd-certfile needs the private key of the certificate: -etcd-keyfile"
                            : "-etcd-keyfile needs the certificate that it belongs to: -etcd-certfile");
        }
        try {
            TlsFiles files = new TlsFiles(authority, certificate, key);
            EtcdOptions options = plain.withTls(files);
            if (options.isSecure()) {
                files.check();
            }
            return options;
        } catch (IllegalArgumentException e) {
            throw new OptionException(e.getMessage());
        }
    }

    private Optional<EtcdOptions.Credentials> credentials() throws OptionException {
        Optional<String> user = values.find(DaemonOption.ETCD_USERNAME, text -> text);
        Optional<String> password = password();
        if (user.isEmpty() && password.isEmpty()) {
            return Optional.empty();
        }
        if (user.isEmpty()) {
            throw new OptionException("a password for etcd without a user: give -etcd-username too");
        }
        if (password.isEmpty()) {
            throw new OptionException("-etcd-username: no password; give -etcd-password-file, or its variable "
                    + DaemonOption.ETCD_PASSWORD.variable());
        }
        return Optional.of(new EtcdOptions.Credentials(user.get(), password.get()));
    }

    private Optional<String> password() throws OptionException {
        Optional<String> given = values.find(DaemonOption.ETCD_PASSWORD, text -> text);
        Optional<String> read = values.find(DaemonOption.ETCD_PASSWORD_FILE, EtcdOptionsReader::firstLine);
        if (given.isPresent() && read.isPresent()) {
            throw new OptionException("-etcd-password and -etcd-password-file: expected one of them");
        }
        return given.or(() -> read).filter(password -> !password.isEmpty());
    }

    private Optional<Path> file(DaemonOption option) throws OptionException {
        return values.find(option, OptionParsers::file);
    }

    private static String firstLine(String file) {
        try {
            String line = Files.readString(OptionParsers.file(file))
                    .lines()
                    .findFirst()
                    .orElse("");
            if (line.isEmpty()) {
                throw new IllegalArgumentException(file + " holds no password on its first line");
            }
            return line;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": no such file");
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(file + ": permission denied");
        } catch (MalformedInputException e) {
            throw new IllegalArgumentException(file + ": not UTF-8");
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read");
        }
    }
}
