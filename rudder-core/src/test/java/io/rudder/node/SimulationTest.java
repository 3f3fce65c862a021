package io.rudder.node;

import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import io.rudder.testing.LogLines;
import org.junit.jupiter.api.Test;

/**
 * Random faults; {@code -Drudder.sim.seed=N} replays one run, {@code -Drudder.sim.runs=N} makes more of them than the
 * usual few.
 */
class SimulationTest {
    private static final int USUAL_RUNS = 40;

    @Test
    void nodesAgreeWithTheStoreOnceAllIsQuiet() {
        Long replayed = Long.getLong("rudder.sim.seed");
        int runs = replayed != null ? 1 : Integer.getInteger("rudder.sim.runs", USUAL_RUNS);
        long first = replayed != null ? replayed : System.nanoTime();
        for (long seed = first; seed < first + runs; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        LogLines log = new LogLines(Long.getLong("rudder.sim.seed") == null ? Level.OFF : Level.DEBUG);
        try {
            new Simulation(seed).run();
        } catch (Throwable failure) {
            log.lines().forEach(System.out::println);
            fail("replay this run with -Drudder.sim.seed=" + seed, failure);
        } finally {
            log.close();
        }
    }
}
