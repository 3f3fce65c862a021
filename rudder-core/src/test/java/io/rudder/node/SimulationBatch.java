package io.rudder.node;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Many simulations, on all cores: each has its own store, clock and hosts. One that fails does not end the others. */
final class SimulationBatch {
    private static final int MOST_FAILURES_TOLD = 20;

    private final long[] seeds;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong hosts = new AtomicLong();
    private final Map<Long, Throwable> failures = new TreeMap<>();
    private double seconds;

    SimulationBatch(long... seeds) {
        this.seeds = seeds.clone();
    }

    /** Runs them all. */
    SimulationBatch run() throws InterruptedException {
        long begunNanos = System.nanoTime();
        Thread[] workers = new Thread[Runtime.getRuntime().availableProcessors()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Thread(this::work, "simulation-" + i);
            workers[i].start();
        }
        for (Thread worker : workers) {
            worker.join();
        }
        seconds = (System.nanoTime() - begunNanos) / 1e9;
        return this;
    }

    private void work() {
        for (int i = next.getAndIncrement(); i < seeds.length; i = next.getAndIncrement()) {
            SimulationPlan plan = SimulationPlan.of(seeds[i]);
            hosts.addAndGet(plan.hosts());
            try {
                new Simulation(plan).run();
            } catch (Throwable failure) {
                synchronized (failures) {
                    failures.put(plan.seed(), failure);
                }
            }
        }
    }

    /** How much was done in what time, in one line. */
    String summary() {
        return String.format(
                "%d runs with %d hosts in %.1f s, %.0f runs/minute, seeds %d to %d: %d failed",
                seeds.length,
                hosts.get(),
                seconds,
                seeds.length / seconds * 60,
                seeds[0],
                seeds[seeds.length - 1],
                failures.size());
    }

    /** Which seeds failed and why, a line each; nothing if none did. */
    String failures() {
        StringBuilder lines = new StringBuilder();
        failures.entrySet().stream()
                .limit(MOST_FAILURES_TOLD)
                .forEach(failure -> lines.append(String.format(
                        "%n-Drudder.sim.seed=%d (%s): %s",
                        failure.getKey(), SimulationPlan.of(failure.getKey()).kind(), failure.getValue())));
        if (failures.size() > MOST_FAILURES_TOLD) {
            lines.append(String.format("%nand %d more", failures.size() - MOST_FAILURES_TOLD));
        }
        return lines.toString();
    }
}
