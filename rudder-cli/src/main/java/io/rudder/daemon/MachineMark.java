package io.rudder.daemon;

import io.rudder.daemon.host.FileErrors;
import io.rudder.daemon.host.HostException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Beside the node id, {@code <state-dir>/node-id.machine} says on which machine it was made: a hash of the machine id
 * (machine-id(5) asks not to show the id itself). A copied disk has another machine id, and must not have the same node
 * id.
 */
final class MachineMark {
    private static final String SALT = "rudder node id ";

    private final Path machineIdFile;

    /** @param machineIdFile usually {@code /etc/machine-id} */
    MachineMark(Path machineIdFile) {
        this.machineIdFile = machineIdFile;
    }

    /** Leaves the mark if there is none. A machine without an id, such as most containers, has none and is not held to one. */
    void check(Path nodeIdFile) throws HostException {
        Optional<String> mark = mark();
        if (mark.isEmpty()) {
            return;
        }
        Path file = nodeIdFile.resolveSibling(nodeIdFile.getFileName() + ".machine");
        try {
            String found = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            if (!found.equals(mark.get())) {
                throw new HostException("the node id in " + nodeIdFile + " was made on another machine: if this host is"
                        + " a clone, remove " + nodeIdFile + " and " + file + " to give it an identity of its own; if"
                        + " its machine id was changed, remove only " + file);
            }
        } catch (NoSuchFileException first) {
            AtomicFile.write(file, mark.get() + "\n", "rw-------");
        } catch (IOException e) {
            throw new HostException("could not read " + file + ": " + FileErrors.reason(e), e);
        }
    }

    private Optional<String> mark() {
        try {
            String id =
                    Files.readString(machineIdFile, StandardCharsets.ISO_8859_1).strip();
            return id.matches("[0-9a-f]{32}") ? Optional.of(hash(SALT + id)) : Optional.empty();
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
