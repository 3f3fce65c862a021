package io.rudder.daemon;

import io.rudder.status.Throughput;
import io.rudder.status.Traffic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Looks at the traffic once a second, so that its throughput of late is known whenever somebody asks. */
final class ThroughputMeter {
    private static final int SAMPLES = 6;

    private final Supplier<Traffic> traffic;
    // Owned by the thread that samples.
    private final Deque<Sample> samples = new ArrayDeque<>(SAMPLES);
    private volatile Throughput current = Throughput.UNKNOWN;

    ThroughputMeter(Supplier<Traffic> traffic) {
        this.traffic = traffic;
    }

    /** Samples on a scheduler of one thread, until that is shut down. */
    void start(ScheduledExecutorService scheduler) {
        scheduler.scheduleAtFixedRate(() -> sample(System.nanoTime()), 0, 1, TimeUnit.SECONDS);
    }

    void sample(long nanoTime) {
        if (samples.size() == SAMPLES) {
            samples.removeFirst();
        }
        samples.addLast(new Sample(nanoTime, traffic.get()));
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        double seconds = (last.nanoTime - first.nanoTime) / 1e9;
        current = Throughput.between(first.traffic, last.traffic, seconds);
    }

    /** The mean over the last five seconds; on any thread. */
    Throughput current() {
        return current;
    }

    private record Sample(long nanoTime, Traffic traffic) {}
}
