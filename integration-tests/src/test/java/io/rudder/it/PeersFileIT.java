package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that find each other by a list in a file, with no etcd at all. */
class PeersFileIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private static final Duration BOUND = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    private DaemonOptions options(Host host, Path peers) {
        return CLUSTER.optionsOf(host).without("etcd-endpoint").with("peers-file", peers);
    }

    private RudderProcess start(String name, Path peers) {
        Host host = CLUSTER.host(name);
        return CLUSTER.start(host, options(host, peers));
    }

    @Test
    void hostsOfAListTalkAndOneThatIsAddedJoinsThem() throws IOException {
        Path peers = Files.writeString(folder.resolve("peers"), """
                network 10.5.0.0/16
                10.5.34.0/24  198.51.100.1
                10.5.71.0/24  198.51.100.2
                """);
        RudderProcess a = start("a", peers);
        RudderProcess b = start("b", peers);
        RudderProcess c = start("c", peers);
        a.awaitReady();
        b.awaitReady();
        assertThat(a.overlayAddress()).startsWith("10.5.34.");
        assertThat(a.host().ping(b.overlayAddress(), 3).output()).contains(" 0% packet loss");

        await().atMost(BOUND).until(() -> c.log().contains("no subnet for this host's address in " + peers));
        Files.writeString(peers, "10.5.1.0/24  198.51.100.3\n", StandardOpenOption.APPEND);
        c.awaitReady();
        await().atMost(BOUND).until(() -> a.log().contains("peers: added 10.5.1.0/24 at 198.51.100.3"));
        assertThat(c.host().ping(a.overlayAddress(), 3).output()).contains(" 0% packet loss");
        assertThat(a.log() + b.log() + c.log()).doesNotContain("waiting for etcd", "http://");
    }

    @Test
    void aListThatIsNoGoodEndsTheStartWithOneLine() throws IOException {
        Path peers = Files.writeString(folder.resolve("peers"), "network 10.5.0.0/16\n10.5.34.0 198.51.100.1\n");
        RudderProcess daemon = start("a", peers);
        Result result = daemon.process().awaitExit(BOUND);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains(peers + ": line 2: '10.5.34.0 198.51.100.1' is not a subnet and a host's address"
                        + " (expected: 10.5.34.0/24 198.51.100.7)");
    }
}
