package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fault 40: faults in random order, for {@code -Dsoak.seconds} if that is set; nothing may grow. */
@Tag("faults")
class SoakIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "g");

    private static final long SECONDS =
            Long.getLong("soak.seconds", Fault.seconds(60, 120).toSeconds());
    private static final long SEED = Long.getLong("soak.seed", 1);

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault40NothingGrows() throws IOException {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        Ghosts ghosts = new Ghosts(CLUSTER);
        Random random = new Random(SEED);
        try (Relay relay = new Relay(CLUSTER)) {
            RudderProcess a = relay.start("a");
            RudderProcess b = relay.start("b");
            Flow.assertLossless("40", a, b, () -> {
                // every kind once, so that what a first fault loads is not taken for growth
                for (int kind = 0; kind < 5; kind++) {
                    inflict(kind, relay, ghosts, random);
                }
                Ghosts.assertKnown(a, 9);
                Usage before = Usage.of(a);
                long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
                int faults = 0;
                while (System.nanoTime() - end < 0) {
                    inflict(random.nextInt(5), relay, ghosts, random);
                    faults++;
                }
                ghosts.put(8);
                Ghosts.assertKnown(a, 8);
                Ghosts.assertKnown(b, 8);
                Usage after = Usage.of(a);
                Fault.note("40", faults + " faults (seed " + SEED + "), before " + before + ", after " + after);
                assertThat(after.threads).isLessThanOrEqualTo(before.threads + 8);
                assertThat(after.descriptors).isLessThanOrEqualTo(before.descriptors + 12);
                assertThat(after.residentKib).isLessThan(before.residentKib + 64 * 1024);
            });
        }
    }

    private static void inflict(int kind, Relay relay, Ghosts ghosts, Random random) {
        switch (kind) {
            case 0 -> relay.tell("cut");
            case 1 -> {
                relay.tell("lifetime " + (1 + random.nextInt(100)));
                relay.tell("cut");
                Fault.lasts(Duration.ofSeconds(2));
                relay.tell("lifetime 0");
                relay.tell("cut");
            }
            case 2 -> {
                relay.tell("hold");
                Fault.lasts(Duration.ofSeconds(1 + random.nextInt(5)));
                relay.tell("release");
            }
            case 3 -> {
                CLUSTER.etcd().kill();
                CLUSTER.etcd().start();
            }
            default -> {
                relay.tell("delay 300");
                Fault.lasts(Duration.ofSeconds(2));
                relay.tell("delay 0");
            }
        }
        int ghost = random.nextInt(7);
        ghosts.put(ghost);
        ghosts.delete(ghost);
        ghosts.put(9);
        Fault.lasts(Duration.ofMillis(random.nextInt(1500)));
    }

    private record Usage(long threads, long descriptors, long residentKib) {
        static Usage of(RudderProcess daemon) {
            return new Usage(Fault.threads(daemon), Fault.descriptors(daemon), daemon.residentKib());
        }

        @Override
        public String toString() {
            return threads + " threads, " + descriptors + " descriptors, " + residentKib / 1024 + " MiB resident";
        }
    }
}
