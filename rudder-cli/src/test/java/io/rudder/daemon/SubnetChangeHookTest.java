package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.rudder.net.Ipv4Prefix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class SubnetChangeHookTest {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final SubnetFile.Content BEFORE = content("10.5.1.0/24");
    private static final SubnetFile.Content AFTER = content("10.5.2.0/24");

    @TempDir
    Path folder;

    private static SubnetFile.Content content(String subnet) {
        return new SubnetFile.Content(Ipv4Prefix.parse("10.5.0.0/16"), Ipv4Prefix.parse(subnet), 1472, true);
    }

    private Path written() {
        return folder.resolve("written");
    }

    /** What the command writes to its standard output, once it has ended. */
    private List<String> outputOf(String command) throws Exception {
        String line = "{ %s; } > '%2$s.new'; mv '%2$s.new' '%2$s'".formatted(command, written());
        new SubnetChangeHook(Optional.of(line)).run(BEFORE, AFTER);
        await().atMost(BOUND).until(() -> Files.exists(written()));
        return Files.readAllLines(written());
    }

    @Test
    void theCommandIsAShellsAndKnowsBothSubnets() throws Exception {
        assertThat(outputOf("echo $RUDDER_OLD_SUBNET $RUDDER_SUBNET; env | grep ^RUDDER_ | sort"))
                .startsWith("10.5.1.0/24 10.5.2.1/24")
                .contains("RUDDER_NETWORK=10.5.0.0/16", "RUDDER_MTU=1472", "RUDDER_IPMASQ=true")
                .noneMatch(line -> line.startsWith("RUDDER_ETCD_"));
    }

    @Test
    void itReadsNothingFromTheDaemonsInput() throws Exception {
        assertThat(outputOf("cat; echo end")).containsExactly("end");
    }

    @Test
    void itIsNotWaitedFor() throws Exception {
        Path gate = folder.resolve("gate");
        SubnetChangeHook hook = new SubnetChangeHook(
                Optional.of("while [ ! -e '%s' ]; do sleep 0.05; done; touch '%s'".formatted(gate, written())));
        hook.run(BEFORE, AFTER);
        assertThat(written()).doesNotExist();
        Files.createFile(gate);
        await().atMost(BOUND).until(() -> Files.exists(written()));
    }

    @Test
    void aCommandThatFailsIsToldWithoutItsText() throws Exception {
        // The tests' own configuration is silent.
        Logger logger = (Logger) LoggerFactory.getLogger(SubnetChangeHook.class);
        logger.setLevel(Level.INFO);
        try {
            RecentEvents events = RecentEvents.install();
            new SubnetChangeHook(Optional.of("exit 3 # secret")).run(BEFORE, AFTER);
            await().atMost(BOUND)
                    .until(() -> events.list().toString().contains("-on-subnet-change ended with status 3"));
            assertThat(events.list().toString()).doesNotContain("secret");
        } finally {
            logger.setLevel(null);
        }
    }

    @Test
    void withoutACommandNothingRuns() {
        new SubnetChangeHook(Optional.empty()).run(BEFORE, AFTER);
        assertThat(folder).isEmptyDirectory();
    }
}
