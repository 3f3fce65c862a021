package io.rudder.lease;

import io.rudder.control.Backoff;
import io.rudder.control.LogThrottle;
import io.rudder.control.LoopScope;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries steps towards a lease again when the registry does not answer. Owned by the control loop. */
final class RegistryRetries {
    private static final Logger log = LoggerFactory.getLogger(RegistryRetries.class);
    private static final int FAILURES_UNTIL_RECONNECT = 4;

    private final LeaseRegistry registry;
    private final LoopScope scope;
    private final Backoff backoff;
    private final LogThrottle failureLog;

    /** @param scope what is tried again belongs to it */
    RegistryRetries(ControlContext context, LoopScope scope) {
        this.registry = context.registry();
        this.scope = scope;
        this.backoff = new Backoff(Backoff.FIRST, context.random());
        this.failureLog = new LogThrottle(context.loop());
    }

    /** Takes a step again, after a while. */
    void retry(Throwable failure, Runnable step) {
        note(failure);
        Duration delay = backoff.next();
        if (backoff.failures() % FAILURES_UNTIL_RECONNECT == 0) {
            registry.reconnect();
        }
        scope.schedule(delay, step);
    }

    /** Takes a step after a while, though nothing failed. */
    void later(Runnable step) {
        scope.schedule(backoff.next(), step);
    }

    /** Tells an operator of a failure. */
    void note(Throwable failure) {
        if (failureLog.permits()) {
            log.warn("cannot acquire a lease yet, trying on: {}", failure.getMessage());
        }
    }

    /** The registry answers. */
    void reset() {
        backoff.reset();
    }
}
