package io.rudder.control;

import java.time.Duration;

/** Lets a message that may repeat through at once and then once a minute. Owned by the control loop. */
public final class LogThrottle {
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final ControlLoop loop;
    private boolean used;
    private long lastNanos;

    public LogThrottle(ControlLoop loop) {
        this.loop = loop;
    }

    /** Whether the message is to be logged now. */
    public boolean permits() {
        long now = loop.nanoTime();
        if (used && now - lastNanos < INTERVAL.toNanos()) {
            return false;
        }
        used = true;
        lastNanos = now;
        return true;
    }
}
