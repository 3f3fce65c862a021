package io.rudder.daemon.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A kernel setting below {@code /proc/sys}. */
final class KernelSetting {
    private KernelSetting() {}

    /** Its value; empty if it cannot be read. */
    static Optional<String> read(Path setting) {
        try {
            return Optional.of(Files.readString(setting).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Sets it, and tells whether it is so: in a container it may be read-only and right. */
    static boolean write(Path setting, String value) {
        if (read(setting).filter(value::equals).isPresent()) {
            return true;
        }
        try {
            Files.writeString(setting, value, StandardOpenOption.WRITE);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
