package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Requirements;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/demo}, as someone runs it who has just cloned the repository, but with names of its own. */
class DemoIT {
    private static final Duration BOUND = Duration.ofSeconds(120);
    private static final String NAME = "demo-it-" + ProcessHandle.current().pid();

    @TempDir
    Path folder;

    @BeforeAll
    static void checkRequirements() {
        Requirements.check();
    }

    @AfterEach
    void takeDown() {
        demo("--down").awaitExit(BOUND);
    }

    @Test
    void allPairsTalkAndNothingStays() {
        Result result = demo().awaitExit(BOUND).orFail();

        assertThat(result.stdout().lines().filter(line -> line.contains(" ms ")))
                .hasSize(6);
        assertThat(result.stdout()).contains("Gbit/s", "counters:", "all pairs talk");
        assertThat(namespaces()).doesNotContain(NAME);
    }

    @Test
    void ctrlCTakesEverythingDown() {
        Running demo = demo();
        demo.awaitOutput("ready", BOUND);

        demo.interrupt();

        Result result = demo.awaitExit(BOUND);
        assertThat(result.exitCode()).as(result.output()).isEqualTo(130);
        assertThat(namespaces()).doesNotContain(NAME);
    }

    @Test
    void keptHostsAreThereUntilTheyAreTakenDown() {
        Result kept = demo("--keep").awaitExit(BOUND).orFail();
        assertThat(kept.stdout()).contains("ip netns exec " + NAME + "-a", "bin/demo --down");

        assertThat(demo().awaitExit(BOUND).exitCode()).isEqualTo(1);
        assertThat(namespaces()).contains(NAME + "-a", NAME + "-b", NAME + "-c");

        demo("--down").awaitExit(BOUND).orFail();
        assertThat(namespaces()).doesNotContain(NAME);
    }

    private Running demo(String... options) {
        Path script = Path.of("../bin/demo").toAbsolutePath().normalize();
        Path distribution = RudderProcess.startScript().getParent().getParent();
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", "DEMO_NAME=" + NAME));
        command.add("DEMO_DISTRIBUTION=" + distribution);
        command.add(script.toString());
        command.addAll(List.of(options));
        return Running.start(command, folder);
    }

    private String namespaces() {
        return Running.start(List.of("ip", "netns", "list"), folder)
                .awaitExit(BOUND)
                .stdout();
    }
}
