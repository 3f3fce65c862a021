package io.rudder.daemon;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes SIGTERM, SIGINT and SIGHUP an orderly end with exit code 0. The JVM answers them by running its shutdown hooks,
 * and would exit with 128 + the signal's number after; so the hook asks the daemon to end, waits for it, and halts.
 */
final class SignalGuard {
    private static final Logger log = LoggerFactory.getLogger(SignalGuard.class);
    // Service managers and operators are promised an end within 5 s.
    private static final Duration LIMIT = Duration.ofMillis(4500);

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private SignalGuard(Runnable onSignal) {
        this.hook = new Thread(() -> endOrderly(onSignal), "rudder-signal");
    }

    /**
     * Takes the process's signals until released.
     *
     * @param onSignal asks the daemon to end, on a thread of its own
     */
    static SignalGuard install(Runnable onSignal) {
        SignalGuard guard = new SignalGuard(onSignal);
        Runtime.getRuntime().addShutdownHook(guard.hook);
        return guard;
    }

    /** Tells that the daemon has ended; a signal under way now ends the process. */
    void release() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // A signal came: the hook is running, and ends the process.
        }
    }

    private void endOrderly(Runnable onSignal) {
        onSignal.run();
        try {
            if (!ended.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("not all could be undone within {} ms", LIMIT.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }
}
