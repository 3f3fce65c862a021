package io.rudder.daemon;

import io.rudder.lease.NodeIdentity;
import io.rudder.node.ControlPlane;
import io.rudder.node.SavedState;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane in the daemon: the state that it saves, and what becomes of the lease at the end. */
final class ControlPhase {
    private static final Logger log = LoggerFactory.getLogger(ControlPhase.class);
    private static final long RELEASE_SECONDS = 3;

    private ControlPhase() {}

    static void start(
            DaemonSettings settings,
            ControlPlane controlPlane,
            NodeIdentity identity,
            BooleanSupplier releases,
            Phases phases) {
        Path stateDir = settings.host().stateDir();
        phases.onUndo("the control plane", () -> end(controlPlane, releases.getAsBoolean()));
        Optional<SavedState> earlier =
                settings.leasing().offlineStart() ? StateKeeper.read(stateDir) : Optional.empty();
        controlPlane.start(earlier);
        StateKeeper state = StateKeeper.start(stateDir, identity, controlPlane::status);
        phases.onUndo("the saved state", () -> {
            if (releases.getAsBoolean()) {
                state.release();
            } else {
                state.close();
            }
        });
    }

    private static void end(ControlPlane controlPlane, boolean releases) throws InterruptedException {
        if (!releases) {
            controlPlane.stop();
            return;
        }
        try {
            controlPlane.release().get(RELEASE_SECONDS, TimeUnit.SECONDS);
            log.info("the lease was given back");
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            log.warn(
                    "the lease could not be given back, it runs out by itself: {}",
                    Optional.ofNullable(cause.getMessage()).orElse("no answer within " + RELEASE_SECONDS + " s"));
        }
    }
}
