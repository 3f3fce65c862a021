package io.rudder.status;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One writer's counters. Only the owning thread counts, so counting is a plain addition and an ordered store; any
 * thread reads.
 */
public final class Counters {
    private static final int SIZE = Counter.values().length;

    private final AtomicLongArray values = new AtomicLongArray(SIZE);

    /** Counts one. On the owning thread. */
    public void increment(Counter counter) {
        add(counter, 1);
    }

    /** Counts many. On the owning thread. */
    public void add(Counter counter, long amount) {
        int index = counter.ordinal();
        values.setRelease(index, values.getPlain(index) + amount);
    }

    /** The value of one counter. On any thread. */
    public long get(Counter counter) {
        return values.getAcquire(counter.ordinal());
    }

    /** The sums over several writers. On any thread. */
    public static Map<Counter, Long> sum(Collection<Counters> writers) {
        Map<Counter, Long> sums = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            sums.put(
                    counter,
                    writers.stream().mapToLong(writer -> writer.get(counter)).sum());
        }
        return sums;
    }
}
