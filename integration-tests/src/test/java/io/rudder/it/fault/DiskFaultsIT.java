package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fault 32: the disk is full when the subnet file and the state are to be written. */
@Tag("faults")
class DiskFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c", "g");

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @Test
    void fault32TheDiskIsFull() throws IOException {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        RudderProcess a = CLUSTER.startOn("a").get(0);
        RudderProcess c = CLUSTER.startOn("c").get(0);
        Host host = CLUSTER.host("b");
        Path disk = Files.createDirectories(host.directory().resolve("disk"));
        // seen by this process and the daemon alike: both are in one mount namespace
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString())
                .start()
                .onExit()
                .join();
        try {
            RudderProcess b = CLUSTER.start(
                            host,
                            CLUSTER.optionsOf(host)
                                    .with("subnet-file", disk.resolve("subnet.env"))
                                    .with("state-dir", disk.resolve("state")))
                    .awaitReady();
            String old = b.leaseKey();
            host.exec("dd", "if=/dev/zero", "of=" + disk.resolve("full"), "bs=1k");
            Flow.assertLossless("32, while it is full", a, b);
            Flow.assertLossless("32, between the others", a, c, () -> {
                CLUSTER.etcd()
                        .put(
                                old,
                                "{\"PublicIP\":\"" + CLUSTER.host("g").address()
                                        + "\",\"BackendData\":{\"NodeID\":\"another\"}}");
                b.process().awaitOutput("(?i)no space left|cannot write", Fault.BOUND);
                assertThat(b.process().isAlive()).isTrue();
                Files.delete(disk.resolve("full"));
                Duration written = Fault.awaited(() -> !b.leaseKey().equals(old), b::log);
                Fault.note("32", "written " + written.toMillis() + " ms after there was room");
            });
            Flow.assertLossless("32, afterwards", a, b);
        } finally {
            CLUSTER.reset();
            new ProcessBuilder("umount", disk.toString()).start().onExit().join();
        }
    }
}
