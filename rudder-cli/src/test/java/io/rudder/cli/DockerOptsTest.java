package io.rudder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code rudder docker-opts} gives what flannel's script gives for the same subnet file. */
class DockerOptsTest {
    private static final String INDIVIDUAL =
            "DOCKER_OPT_BIP=\"--bip=10.1.74.1/24\"\nDOCKER_OPT_IPMASQ=\"--ip-masq=true\"\nDOCKER_OPT_MTU=\"--mtu=1472\"\n";
    private static final String COMBINED = "=\" --bip=10.1.74.1/24 --ip-masq=true --mtu=1472\"\n";

    @TempDir
    private Path directory;

    private Path subnetFile;

    private record Outcome(int status, String output, String errors) {}

    @BeforeEach
    void writeSubnetFile() throws IOException {
        subnetFile = directory.resolve("subnet.env");
        write("RUDDER", false);
    }

    @Test
    void printsBothFormsIfNeitherIsAskedFor() throws Exception {
        assertThat(run().output()).isEqualTo(INDIVIDUAL + "DOCKER_OPTS" + COMBINED);
    }

    @Test
    void printsOneFormIfItIsAskedFor() throws Exception {
        assertThat(run("-i").output()).isEqualTo(INDIVIDUAL);
        assertThat(run("-c").output()).isEqualTo("DOCKER_OPTS" + COMBINED);
        assertThat(run("-c", "-k", "OTHER").output()).isEqualTo("OTHER" + COMBINED);
    }

    @Test
    void leavesMasqueradingAlone() throws Exception {
        assertThat(run("-c", "-m").output()).isEqualTo("DOCKER_OPTS=\" --bip=10.1.74.1/24 --mtu=1472\"\n");
    }

    @Test
    void dockerDoesNotMasqueradeIfTheDaemonDoes() throws Exception {
        write("RUDDER", true);

        assertThat(run("-i").output()).contains("DOCKER_OPT_IPMASQ=\"--ip-masq=false\"");
    }

    @Test
    void readsTheFileOfAFlannel() throws Exception {
        write("FLANNEL", false);

        assertThat(run("-i").output()).isEqualTo(INDIVIDUAL);
    }

    @Test
    void writesAFile() throws Exception {
        Path file = directory.resolve("docker.env");

        assertThat(run("-i", "-d", file.toString())).isEqualTo(new Outcome(0, "", ""));
        assertThat(file).hasContent(INDIVIDUAL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-f /does/not/exist | 1 | rudder: cannot read /does/not/exist; is the daemon running?",
                "-d /does/not/exist | 1 | rudder: cannot write /does/not/exist",
                "surplus            | 2 | rudder: unexpected argument 'surplus'",
                "-x                 | 2 | usage: rudder docker-opts",
            })
    void complainsOfBadInput(String arguments, int status, String message) throws Exception {
        Outcome outcome = run(arguments.split(" "));

        assertThat(outcome.status()).isEqualTo(status);
        assertThat(outcome.errors()).contains(message);
    }

    @Test
    void refusesAFileThatNamesNoSubnet() throws Exception {
        Files.writeString(subnetFile, "something=else\n");

        assertThat(run().errors()).contains("names no subnet");
    }

    private void write(String prefix, boolean masquerades) throws IOException {
        Files.writeString(
                subnetFile,
                "P_NETWORK=10.1.0.0/16\nP_SUBNET=10.1.74.1/24\nP_MTU=1472\nP_IPMASQ=%s\n"
                        .formatted(masquerades)
                        .replace("P_", prefix + "_"));
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "src/dist/lib/docker-opts", "-f", subnetFile.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output, errors);
    }
}
