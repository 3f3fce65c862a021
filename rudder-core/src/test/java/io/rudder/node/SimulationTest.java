package io.rudder.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import io.rudder.testing.LogLines;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random faults; {@code -Drudder.sim.seed=N} replays one run with its log, {@code -Drudder.sim.runs=N} makes N
 * runs with new seeds instead of some with the same ones each time.
 */
class SimulationTest {
    private static final int USUAL_SEEDS = 1000;
    // A run of hundreds of hosts takes as long as a thousand others.
    private static final int MOST_USUAL_HOSTS = 50;
    // What few seeds find, so that it stays found: two leases of a host on one etcd lease.
    private static final long[] FAILED_ONCE = {9_970_313_699_034L, 3542};

    private final Long replayed = Long.getLong("rudder.sim.seed");
    private final Integer wanted = Integer.getInteger("rudder.sim.runs");

    @Test
    void hostsAgreeWithTheStoreOnceAllIsQuiet() throws InterruptedException {
        if (replayed != null) {
            replay(SimulationPlan.of(replayed));
        } else if (wanted != null) {
            long first = System.nanoTime();
            run(LongStream.range(first, first + wanted).toArray());
        } else {
            run(LongStream.concat(LongStream.rangeClosed(1, USUAL_SEEDS), LongStream.of(FAILED_ONCE))
                    .filter(seed -> SimulationPlan.of(seed).hosts() <= MOST_USUAL_HOSTS)
                    .toArray());
        }
    }

    private static void run(long[] seeds) throws InterruptedException {
        try (LogLines silence = new LogLines(Level.OFF)) {
            SimulationBatch batch = new SimulationBatch(seeds).run();
            System.out.println("simulation: " + batch.summary());
            assertThat(batch.failures()).as("seeds to replay").isEmpty();
            assertThat(silence.lines()).isEmpty();
        }
    }

    private static void replay(SimulationPlan plan) {
        Simulation simulation = new Simulation(plan);
        try (LogLines log = new LogLines(Level.DEBUG, simulation::moment)) {
            try {
                simulation.run();
            } catch (Throwable failure) {
                fail(plan + " failed", failure);
            } finally {
                log.lines().forEach(System.out::println);
            }
        }
    }
}
