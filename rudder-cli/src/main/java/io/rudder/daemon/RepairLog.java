package io.rudder.daemon;

import io.rudder.status.Counter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of repairs: each kind at once, and then once a minute if somebody undoes it again and again; a failure once
 * until it is another one. On the daemon's thread.
 */
final class RepairLog {
    private static final Logger log = LoggerFactory.getLogger(RepairLog.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final Map<Counter, Long> lastNanos = new EnumMap<>(Counter.class);
    private String lastFailure = "";

    RepairLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void repaired(Counter repair) {
        lastFailure = "";
        long now = nanoTime.getAsLong();
        Long last = lastNanos.get(repair);
        if (last == null || now - last >= INTERVAL.toNanos()) {
            lastNanos.put(repair, now);
            log.warn("repaired: {}", sentence(repair));
        }
    }

    void failed(String message) {
        if (!message.equals(lastFailure)) {
            lastFailure = message;
            log.error("a repair failed and is tried again: {}", message);
        }
    }

    private static String sentence(Counter repair) {
        return switch (repair) {
            case REPAIR_DEVICE -> "the device was deleted; it is there again";
            case REPAIR_LINK -> "the device was set down; it is up again";
            case REPAIR_MTU -> "the device had a wrong MTU; it has the right one again";
            case REPAIR_ADDRESS -> "the device's address was removed; it is there again";
            case REPAIR_ROUTE -> "the route to the overlay was removed; it is there again";
            case REPAIR_SETTING -> "accept_local of the device was off; it is on again";
            default -> repair.description();
        };
    }
}
