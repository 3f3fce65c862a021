package io.rudder.daemon;

import io.rudder.daemon.host.FileErrors;
import io.rudder.daemon.host.HostException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** This host's identity, which outlives its address: 128 random bits, kept as text in {@code <state-dir>/node-id}. */
final class NodeIdFile {
    private static final int BITS = 128;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

    private static final MachineMark MACHINE = new MachineMark(Path.of("/etc/machine-id"));

    private NodeIdFile() {}

    /** The identity of the directory; made on first use, and refused on another machine than the first. */
    static String loadOrCreate(Path stateDir) throws HostException {
        return loadOrCreate(stateDir, MACHINE);
    }

    static String loadOrCreate(Path stateDir, MachineMark machine) throws HostException {
        Path file = stateDir.resolve("node-id");
        String nodeId = loadOrCreateFile(file);
        machine.check(file);
        return nodeId;
    }

    private static String loadOrCreateFile(Path file) throws HostException {
        try {
            // ISO 8859-1 reads whatever bytes there are.
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            if (!FORM.matcher(text).matches()) {
                throw new HostException(
                        "the node id in " + file
                                + " is garbled (expected 32 hexadecimal digits); restore it, or remove the file to get a new one");
            }
            return text;
        } catch (NoSuchFileException e) {
            return create(file);
        } catch (IOException e) {
            throw new HostException(
                    "could not read the node id in " + file + ": " + FileErrors.reason(e)
                            + "; run rudder as root, or choose another -state-dir",
                    e);
        }
    }

    private static String create(Path file) throws HostException {
        byte[] random = new byte[BITS / Byte.SIZE];
        new SecureRandom().nextBytes(random);
        String nodeId = HexFormat.of().formatHex(random);
        AtomicFile.write(file, nodeId + "\n", "rw-------");
        return nodeId;
    }
}
