package io.rudder.node;

import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import io.rudder.testing.LogLines;
import org.junit.jupiter.api.Test;

/**
 * Random faults; {@code -Drudder.sim.seed=N} replays one run with its log, {@code -Drudder.sim.runs=N} makes N
 * runs with new seeds instead of some with the same ones each time.
 */
class SimulationTest {
    private static final int USUAL_RUNS = 40;
    private static final int MOST_USUAL_HOSTS = 50;

    private final Long replayed = Long.getLong("rudder.sim.seed");
    private final Integer wanted = Integer.getInteger("rudder.sim.runs");
    private final long begunNanos = System.nanoTime();
    private long hosts;

    @Test
    void hostsAgreeWithTheStoreOnceAllIsQuiet() {
        boolean isUsual = replayed == null && wanted == null;
        int runs = replayed != null ? 1 : wanted != null ? wanted : USUAL_RUNS;
        long first = replayed != null ? replayed : wanted != null ? System.nanoTime() : 1;
        for (long seed = first; seed < first + runs; seed++) {
            SimulationPlan plan = SimulationPlan.of(seed);
            if (isUsual && plan.hosts() > MOST_USUAL_HOSTS) {
                continue;
            }
            run(plan);
            hosts += plan.hosts();
        }
        System.out.printf(
                "simulation: %d runs with %d hosts in %.1f s, seeds from %d%n",
                runs, hosts, (System.nanoTime() - begunNanos) / 1e9, first);
    }

    private void run(SimulationPlan plan) {
        try (LogLines log = new LogLines(replayed == null ? Level.OFF : Level.DEBUG)) {
            try {
                new Simulation(plan).run();
            } catch (Throwable failure) {
                log.lines().forEach(System.out::println);
                fail("replay this run (" + plan + ") with -Drudder.sim.seed=" + plan.seed(), failure);
            }
        }
    }
}
