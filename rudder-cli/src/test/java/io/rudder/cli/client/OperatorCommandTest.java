package io.rudder.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorCommandTest {
    @TempDir
    private Path directory;

    private Optional<String> problem = Optional.of("not run");

    private int run(Map<String, String> environment, String... arguments) throws IOException {
        return new OperatorCommand(List.of(arguments), environment, (request, why) -> {
                    assertThat(request.arguments()).containsExactly(arguments);
                    problem = why;
                    return 5;
                })
                .run();
    }

    @Test
    void runsHereWhenThereIsNoDaemonInTheRunDirectory() throws IOException {
        String expected = "no daemon at " + directory.resolve("rudder.sock")
                + "; start the daemon ('systemctl start rudder'), or name its -run-dir";
        assertThat(run(Map.of(), "leases", "-run-dir", directory.toString())).isEqualTo(5);
        assertThat(problem).hasValue(expected);

        run(Map.of(), "leases", "--run-dir=" + directory);
        assertThat(problem).hasValue(expected);

        run(Map.of("RUDDER_RUN_DIR", directory.toString()), "leases");
        assertThat(problem).hasValue(expected);
    }

    @Test
    void runsHereWhenAnEtcdIsNamed() throws IOException {
        assertThat(run(Map.of(), "leases", "-etcd-endpoint", "http://192.0.2.1:2379"))
                .isEqualTo(5);
        assertThat(problem).isEmpty();
    }
}
