package io.rudder.it.lab;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.ThrowingRunnable;

/** Waiting for a condition with a bound, never for a fixed time. */
public final class Wait {
    private static final Duration POLL = Duration.ofMillis(20);

    private Wait() {}

    /** Returns whether {@code condition} held at some time within {@code bound}. */
    public static boolean until(Duration bound, BooleanSupplier condition) {
        try {
            await().atMost(bound).pollDelay(Duration.ZERO).pollInterval(POLL).until(condition::getAsBoolean);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    /** Repeats {@code assertion} until it passes; its last failure is thrown once {@code bound} is over. */
    public static void untilAsserted(Duration bound, ThrowingRunnable assertion) {
        await().atMost(bound).pollDelay(Duration.ZERO).pollInterval(POLL).untilAsserted(assertion);
    }
}
