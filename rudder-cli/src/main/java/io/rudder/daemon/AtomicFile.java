package io.rudder.daemon;

import io.rudder.daemon.host.FileErrors;
import io.rudder.daemon.host.HostException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Writes a small file so that whoever reads it, at any moment and after any crash, sees all of the old or all of the new
 * text: to a temporary file beside it, which is synced and renamed.
 */
final class AtomicFile {
    private AtomicFile() {}

    /**
     * Writes a file; directories that lack are made.
     *
     * @param permissions as {@code ls} shows them: {@code rw-r--r--}
     */
    static void write(Path file, String text, String permissions) throws HostException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            Files.createDirectories(file.getParent());
            writeSynced(temporary, text, PosixFilePermissions.fromString(permissions));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            syncDirectory(file.getParent());
        } catch (IOException e) {
            discard(temporary);
            throw new HostException("could not write " + file + ": " + FileErrors.reason(e), e);
        }
    }

    private static void writeSynced(Path temporary, String text, Set<PosixFilePermission> permissions)
            throws IOException {
        // What a crash left is removed instead of reused: it may have other permissions, or be a link.
        Files.deleteIfExists(temporary);
        Set<StandardOpenOption> create = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel =
                FileChannel.open(temporary, create, PosixFilePermissions.asFileAttribute(permissions))) {
            // The mode above is subject to the umask.
            Files.setPosixFilePermissions(temporary, permissions);
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Makes the renaming itself survive a power cut (fsync(2)). */
    private static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The failure to write is what counts, and the next write removes it.
        }
    }
}
