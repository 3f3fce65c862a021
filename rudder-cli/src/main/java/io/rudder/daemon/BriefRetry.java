package io.rudder.daemon;

import io.rudder.daemon.host.HostException;
import java.time.Duration;

/** Tries again what others are just about to make possible, of which they do not tell. On the daemon's thread. */
final class BriefRetry {
    private static final long PAUSE_MILLIS = 20;

    private BriefRetry() {}

    /** What may fail at first. */
    interface Attempt<T> {
        T run() throws HostException;
    }

    /**
     * What the first attempt that does not fail returns.
     *
     * @param limit when the last attempt begins, at the latest
     * @throws HostException of the last attempt
     */
    static <T> T within(Duration limit, Attempt<T> attempt) throws HostException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return attempt.run();
            } catch (HostException e) {
                if (System.nanoTime() - deadline >= 0 || !pause()) {
                    throw e;
                }
            }
        }
    }

    /** Whether it was not interrupted. */
    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
