package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A service manager, of which a program of some lines is the stand-in, has copies of the tunnel's descriptors. */
class DescriptorStoreIT {
    private static final Duration BOUND = Duration.ofSeconds(30);

    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a");

    private final Host host = CLUSTER.host("a");
    private final DaemonOptions options = CLUSTER.optionsOf(host).with("fd-store", true);
    private Running manager;

    @BeforeEach
    void start() throws URISyntaxException {
        Path script = Path.of(getClass().getResource("service-manager.py").toURI());
        Path socket = host.directory().resolve("notify-" + System.nanoTime());
        manager = host.spawn("python3", script.toString(), socket.toString());
        run(options);
        manager.awaitOutput("ready 1\n", BOUND);
    }

    @AfterEach
    void end() {
        manager.close();
        CLUSTER.reset();
    }

    /** In place of the daemon that runs. */
    private void run(DaemonOptions daemon) {
        List<String> command =
                new ArrayList<>(List.of(RudderProcess.startScript().toString()));
        command.addAll(daemon.arguments());
        manager.tell(String.join(" ", command));
    }

    private String state() {
        return host.exec("ip", "-4", "-br", "addr", "show", "dev", "rudder0").stdout()
                + host.exec("ip", "-4", "route", "show", "dev", "rudder0").stdout();
    }

    private String index() {
        return host.run("cat", "/sys/class/net/rudder0/ifindex").stdout();
    }

    @Test
    void aDeletedDeviceIsMadeAgain() {
        String before = state();
        String index = index();
        host.run("ip", "link", "del", "rudder0");
        Wait.untilAsserted(BOUND, () -> assertThat(state()).isEqualTo(before));
        assertThat(index()).isNotEqualTo(index);
        assertThat(manager.stderr()).doesNotContain("repair failed");
        run(options);
        manager.awaitOutput("ready 2\n", BOUND);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void theNextDaemonGoesOnUnlessItsSettingsAreOthers() {
        String before = state();
        String index = index();
        run(options);
        manager.awaitOutput("ready 2\n", BOUND);
        assertThat(index()).isEqualTo(index);
        run(options.with("offload", "off"));
        manager.awaitOutput("ready 3\n", BOUND);
        assertThat(index()).isNotEqualTo(index);
        assertThat(state()).isEqualTo(before);
    }
}
