package io.rudder.daemon.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Tells whether the daemon's loops turn: each gets a task now and then, and one that does not come to it stands still.
 * Safe on any thread.
 */
public final class LoopPulse {
    private final Map<String, Pulse> loops = new ConcurrentHashMap<>();
    private final LongSupplier nanoClock;

    /** No loops yet. */
    public LoopPulse(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Watches a loop from now on, instead of another one of that name. */
    public void watch(String name, Executor loop) {
        loops.put(name, new Pulse(loop, nanoClock.getAsLong()));
    }

    /** Forgets a loop, which is about to end. */
    public void forget(String name) {
        loops.remove(name);
    }

    /** Asks each loop that has answered the last question. */
    public void beat() {
        loops.values().forEach(Pulse::ask);
    }

    /** The names of the loops that have not answered for so long. */
    public List<String> stalled(long nanos) {
        long now = nanoClock.getAsLong();
        List<String> names = new ArrayList<>();
        loops.forEach((name, pulse) -> {
            if (pulse.asked && now - pulse.askedNanos > nanos) {
                names.add(name);
            }
        });
        names.sort(null);
        return names;
    }

    private final class Pulse {
        private final Executor loop;
        private volatile long askedNanos;
        private volatile boolean asked;

        Pulse(Executor loop, long now) {
            this.loop = loop;
            this.askedNanos = now;
        }

        synchronized void ask() {
            // One question at a time: a loop that stands still must not gather tasks.
            if (asked) {
                return;
            }
            askedNanos = nanoClock.getAsLong();
            asked = true;
            try {
                loop.execute(() -> asked = false);
            } catch (RejectedExecutionException ended) {
                // It stays asked, and so counts as one that stands still.
            }
        }
    }
}
