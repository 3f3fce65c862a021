package io.rudder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.daemon.socket.CommandRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands without a daemon. */
class LocalShellTest {
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @AfterEach
    void restore() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    private int run(String line) {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        CommandRequest request = new CommandRequest(Arrays.asList(line.split(" ")), false, 0, 0, "");
        return LocalShell.run(request, Optional.of("no daemon at /x"));
    }

    @Test
    void thoseThatNeedADaemonSayWhyThereIsNone() {
        assertThat(run("status")).isOne();

        assertThat(err).hasToString("rudder: no daemon at /x\n");
    }

    @Test
    void checksAConfiguration() {
        assertThat(run("config check {\"Network\":\"10.5.0.0/16\"}")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("it would do: 10.5.0.0/16");
    }

    @Test
    void takesTheDaemonsOptionsAndTellsOfWrongOnes() {
        assertThat(run("leases -run-dir /x -etcd-endpoint nowhere")).isOne();

        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("rudder: -etcd-endpoint: etcd endpoint 'nowhere': expected http://host:port");
    }
}
