package io.rudder.lease.source;

import io.rudder.control.ControlLoop;
import io.rudder.control.LoopScope;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A list of hosts and subnets in a file, read again when it changes; {@link PeerListReader} has its form. Each node takes
 * the subnet of its own public address. A change for the worse is logged, and the earlier list holds.
 */
public final class PeersFile implements LeaseSource {
    private static final Logger log = LoggerFactory.getLogger(PeersFile.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    private final Path file;

    /** A file; it is read when the source is opened. */
    public PeersFile(Path file) {
        this.file = file;
    }

    /** The file. */
    public Path path() {
        return file;
    }

    /**
     * Reads the list as it is now.
     *
     * @throws RegistryException with one line: which file, which line, what is wrong, what would do
     */
    public PeerList read() {
        try {
            return PeerListReader.read(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw unusable("there is no such file", e);
        } catch (CharacterCodingException e) {
            throw unusable("not UTF-8 text", e);
        } catch (IOException e) {
            throw unusable("cannot be read (" + e.getClass().getSimpleName() + ")", e);
        } catch (IllegalArgumentException e) {
            throw unusable(e.getMessage(), e);
        }
    }

    private RegistryException unusable(String reason, Exception cause) {
        return new RegistryException(RegistryException.Kind.REFUSED, file + ": " + reason, cause);
    }

    @Override
    public LeaseRegistry open(ControlLoop loop) {
        return new Reader(loop).open();
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** Looks at the file from time to time; owned by the control loop once it is open. */
    private final class Reader {
        private final LeaseStore store = new LeaseStore();
        private final LoopScope scope;
        private Version version;

        Reader(ControlLoop loop) {
            scope = new LoopScope(loop);
        }

        LeaseRegistry open() {
            version = version();
            store.replaceAll(read().entries());
            scope.execute(this::lookLater);
            return new FixedRegistry(store, file.toString(), () -> scope.execute(scope::close));
        }

        private void lookLater() {
            scope.schedule(LOOK_INTERVAL, () -> {
                look();
                lookLater();
            });
        }

        private void look() {
            Version now = version();
            if (now.equals(version)) {
                return;
            }
            version = now;
            try {
                PeerList list = read();
                store.replaceAll(list.entries());
                log.info("{}: {} hosts", file, list.hosts().size());
            } catch (RegistryException e) {
                log.warn("{}; the earlier list holds", e.getMessage());
            }
        }

        private Version version() {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Version(
                        attributes.lastModifiedTime().toString(),
                        attributes.size(),
                        String.valueOf(attributes.fileKey()));
            } catch (IOException e) {
                return new Version("", 0, "");
            }
        }
    }

    private record Version(String modified, long bytes, String key) {}
}
