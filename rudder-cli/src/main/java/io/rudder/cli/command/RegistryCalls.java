package io.rudder.cli.command;

import io.rudder.config.InvalidConfigException;
import io.rudder.config.NetworkConfig;
import io.rudder.config.NetworkConfigReader;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Waits for answers of the registry, and finds the configuration in them. */
final class RegistryCalls {
    private static final long SECONDS = 15;

    private RegistryCalls() {}

    /** The answer, or why there is none. */
    static <T> T await(CompletableFuture<T> call) throws CommandException, InterruptedException {
        try {
            return call.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CommandException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new CommandException("etcd gave no answer within " + SECONDS + " s", e);
        }
    }

    /** The entry with the configuration. */
    static Optional<RegistryEntry> config(RegistrySnapshot snapshot) {
        return snapshot.entries().stream()
                .filter(entry -> entry.path().equals(RegistryEntry.CONFIG))
                .findFirst();
    }

    /** The configuration of a text, by the daemon's own rules. */
    static NetworkConfig parse(String text, Consumer<String> warnings) throws CommandException {
        try {
            return NetworkConfigReader.read(text, warnings);
        } catch (InvalidConfigException e) {
            throw new CommandException("the configuration cannot be used: " + e.getMessage(), e);
        }
    }
}
