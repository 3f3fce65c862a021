package io.rudder.daemon;

import io.rudder.daemon.host.HostException;
import io.rudder.lease.LeaseKeeper;
import io.rudder.lease.NodeIdentity;
import io.rudder.node.ControlStatus;
import io.rudder.node.SavedState;
import io.rudder.node.SavedStateJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code <state-dir>/state.json} up to date, from which a daemon can carry packets before etcd answers. Writing
 * waits for the disk, so it has a thread of its own. A disk that is full costs the file, and nothing else.
 */
final class StateKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StateKeeper.class);
    private static final long INTERVAL_SECONDS = 10;
    private static final long LAST_SECONDS = 1;

    private final Path file;
    private final Supplier<Optional<SavedState>> source;
    private final BooleanSupplier lost;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(StateKeeper::newThread);

    // Owned by the thread.
    private Optional<SavedState> written = Optional.empty();
    private boolean failureTold;

    private StateKeeper(Path file, Supplier<Optional<SavedState>> source, BooleanSupplier lost) {
        this.file = file;
        this.source = source;
        this.lost = lost;
    }

    /** Starts to save what the status says, every 10 s if it changed. */
    static StateKeeper start(Path stateDir, NodeIdentity self, Supplier<ControlStatus> status) {
        StateKeeper keeper = new StateKeeper(
                file(stateDir),
                () -> SavedState.of(status.get(), self),
                () -> status.get().lease().state() == LeaseKeeper.State.LOST);
        keeper.thread.scheduleWithFixedDelay(keeper::keep, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
        return keeper;
    }

    /** What an earlier daemon saved; empty, with a warning, if that cannot be read. */
    static Optional<SavedState> read(Path stateDir) {
        Path file = file(stateDir);
        try {
            return Optional.of(SavedStateJson.read(Files.readString(file, StandardCharsets.ISO_8859_1)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            log.warn("the saved state in {} is ignored: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    private static Path file(Path stateDir) {
        return stateDir.resolve("state.json");
    }

    private void keep() {
        try {
            if (lost.getAsBoolean()) {
                forget();
            } else {
                saveIfChanged();
            }
        } catch (RuntimeException e) {
            // Thrown on, it would end the timer without a word.
            log.error("could not keep the state in {}", file, e);
        }
    }

    /** Whoever starts from the file must not carry a subnet that may be somebody else's. */
    private void forget() {
        try {
            Files.deleteIfExists(file);
            written = Optional.empty();
        } catch (IOException e) {
            log.error("could not remove {}: {}", file, e.getMessage());
        }
    }

    private void saveIfChanged() {
        Optional<SavedState> state = source.get();
        if (state.isEmpty() || isAsWritten(state.get())) {
            return;
        }
        try {
            AtomicFile.write(file, SavedStateJson.write(state.get()) + "\n", "rw-------");
            written = state;
            failureTold = false;
        } catch (HostException e) {
            if (!failureTold) {
                log.error("{}; tried again every {} s", e.getMessage(), INTERVAL_SECONDS);
                failureTold = true;
            }
        }
    }

    /** The revision alone is no reason to write: it changes with every key. */
    private boolean isAsWritten(SavedState state) {
        return written.filter(last -> last.confirmedAt().equals(state.confirmedAt())
                        && last.subnet().equals(state.subnet())
                        && last.config().equals(state.config())
                        && last.peers().equals(state.peers()))
                .isPresent();
    }

    /** Saves once more, and ends. */
    @Override
    public void close() {
        end(this::keep);
    }

    /** Removes the file, since the lease is given back, and ends. */
    void release() {
        end(this::forget);
    }

    private void end(Runnable last) {
        thread.execute(last);
        thread.shutdown();
        try {
            thread.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "rudder-state");
        thread.setDaemon(true);
        return thread;
    }
}
