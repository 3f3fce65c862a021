package io.rudder.daemon.systemd;

import io.netty.channel.EventLoop;
import io.rudder.daemon.admin.LoopPulse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the service manager's watchdog for as long as every loop turns: a daemon one of whose loops stands still is
 * killed and started again (systemd.service(5), WatchdogSec). Runs on a loop of its own, which thereby is fed too.
 */
public final class Watchdog {
    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
    // Often enough that one late answer does not cost the daemon its life.
    private static final int FEEDS_A_LIMIT = 4;

    private final LoopPulse pulse;
    private final SystemdNotifier notifier;
    private final Duration limit;
    private boolean starving;

    private Watchdog(LoopPulse pulse, SystemdNotifier notifier, Duration limit) {
        this.pulse = pulse;
        this.notifier = notifier;
        this.limit = limit;
    }

    /** Within what time the service manager wants to be fed; empty if it does not watch this process. */
    public static Optional<Duration> limit(Map<String, String> environment, long pid) {
        String watched = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
        try {
            long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
            return micros > 0 && Long.parseLong(watched) == pid
                    ? Optional.of(Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Starts to feed; ends with the loop, or when the result is cancelled. */
    public static ScheduledFuture<?> start(EventLoop loop, LoopPulse pulse, SystemdNotifier notifier, Duration limit) {
        Watchdog watchdog = new Watchdog(pulse, notifier, limit);
        long interval = limit.toNanos() / FEEDS_A_LIMIT;
        return loop.scheduleAtFixedRate(watchdog::feed, 0, interval, TimeUnit.NANOSECONDS);
    }

    private void feed() {
        List<String> stalled = pulse.stalled(limit.toNanos() / 2);
        if (stalled.isEmpty()) {
            notifier.watchdog();
        } else if (!starving) {
            log.error("the service manager's watchdog is not fed: {} stand still", stalled);
        }
        starving = !stalled.isEmpty();
        pulse.beat();
    }
}
