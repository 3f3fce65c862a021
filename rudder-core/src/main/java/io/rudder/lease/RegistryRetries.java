package io.rudder.lease;

import io.rudder.control.Backoff;
import io.rudder.control.LogThrottle;
import io.rudder.control.LoopScope;
import java.time.Duration;
import java.util.function.ObjIntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries steps towards a lease again when the registry does not answer, and less often when it goes on refusing them: then
 * an operator has to act first. Owned by the control loop.
 */
final class RegistryRetries {
    private static final Logger log = LoggerFactory.getLogger(RegistryRetries.class);
    private static final int FAILURES_UNTIL_RECONNECT = 4;
    // As many as the backoff takes to its limit: a refusal that passes costs no more than a lost call.
    private static final int FAILURES_UNTIL_RARE = 6;
    private static final int RARE = 5;

    private final LeaseRegistry registry;
    private final LoopScope scope;
    private final Backoff backoff;
    private final LogThrottle failureLog;
    private final ObjIntConsumer<Throwable> onFailure;

    /**
     * @param scope what is tried again belongs to it
     * @param onFailure hears of each failure, and of how many there were in a row
     */
    RegistryRetries(ControlContext context, LoopScope scope, ObjIntConsumer<Throwable> onFailure) {
        this.registry = context.registry();
        this.scope = scope;
        this.backoff = new Backoff(Backoff.FIRST, context.random());
        this.failureLog = new LogThrottle(context.loop());
        this.onFailure = onFailure;
    }

    /** Takes a step again, after a while. */
    void retry(Throwable failure, Runnable step) {
        note(failure);
        later(failure, step);
        if (!isRefusal(failure) && backoff.failures() % FAILURES_UNTIL_RECONNECT == 0) {
            registry.reconnect();
        }
    }

    /** Takes a step again, after a while, whose failure was told and may be behind it. */
    void later(Throwable failure, Runnable step) {
        Duration delay = backoff.next();
        boolean isRare = isRefusal(failure) && backoff.failures() > FAILURES_UNTIL_RARE;
        scope.schedule(isRare ? delay.multipliedBy(RARE) : delay, step);
        onFailure.accept(failure, backoff.failures());
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof RegistryException refused && refused.kind() != RegistryException.Kind.UNAVAILABLE;
    }

    /** Tells an operator of a failure. */
    void note(Throwable failure) {
        if (failureLog.permits()) {
            log.warn("cannot acquire a lease yet, trying on: {}", failure.getMessage());
        }
    }

    /** A step worked, or what follows waits long anyway; that the registry can be listed is not enough. */
    void reset() {
        backoff.reset();
    }
}
