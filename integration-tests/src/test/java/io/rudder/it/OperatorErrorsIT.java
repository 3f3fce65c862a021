package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.DaemonOptions;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.tool.UdpEcho;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mistake of an operator ends the start with one line that names it, and a telling exit status. */
class OperatorErrorsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a");

    private static final int FAILED = 1;
    private static final Duration BOUND = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @BeforeAll
    static void putConfigs() {
        CLUSTER.etcd().put("/malformed/config", "{\"Network\":\"10.0.0.0/16\",\n \"SubnetLen\" 24}");
        CLUSTER.etcd().put("/outside/config", "{\"Network\":\"10.0.0.0/16\",\"SubnetMin\":\"10.1.0.0\"}");
        CLUSTER.etcd()
                .put("/backend/config", "{\"Network\":\"10.0.0.0/16\",\"Backend\":{\"Type\":\"carrier-pigeon\"}}");
    }

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @ParameterizedTest(name = "-{0}={1}")
    @CsvSource(delimiter = '|', textBlock = """
                    etcd-prefix | /nowhere   | 1 | /nowhere/config
                    etcd-prefix | /malformed | 1 | line 2
                    etcd-prefix | /outside   | 1 | SubnetMin 10.1.0.0
                    etcd-prefix | /backend   | 1 | carrier-pigeon
                    iface       | eth9       | 1 | eth9
                    iface       | 203.0.113.9 | 1 | 203.0.113.9
                    port        | 70000      | 2 | 70000 port
                    port        | ssh        | 2 | ssh port
                    tun-name    | a/b        | 2 | a/b tun-name
                    ip-masq     | perhaps    | 2 | perhaps ip-masq
                    public-ip   | 300.1.1.1  | 2 | 300.1.1.1 public-ip
                    no-such-option | 1       | 2 | no-such-option
                    """)
    void aWrongOptionOrConfigIsNamedInOneLine(String option, String value, int exitCode, String words) {
        Result result = run(CLUSTER.optionsOf(host()).with(option, value));

        assertOneLine(result, exitCode, words.split(" "));
    }

    @Test
    void aTakenPortIsNamed() {
        Running occupant = host().spawnTool(UdpEcho.class, host().address(), "8285");
        occupant.awaitOutput("listening", BOUND);
        try {
            assertOneLine(run(CLUSTER.optionsOf(host())), FAILED, "8285", host().address());
        } finally {
            occupant.close();
        }
    }

    @Test
    void aMissingCapabilityIsNamed() {
        Result result = runAs(List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"), startScript());

        assertOneLine(result, FAILED, "CAP_NET_ADMIN");
    }

    @Test
    void aMissingPermissionForTheDeviceIsNamed() {
        Path copy = copyReadableForAll();
        host().run("chown", "-R", "65534:65534", folder.toString());
        List<String> asNobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

        Result result = runAs(asNobody, copy.resolve("bin/rudder").toString());

        assertOneLine(result, FAILED, "/dev/net/tun");
    }

    private Result run(DaemonOptions options) {
        return CLUSTER.start(host(), options).process().awaitExit(BOUND);
    }

    private Result runAs(List<String> prefix, String startScript) {
        DaemonOptions options = CLUSTER.optionsOf(host())
                .with("run-dir", folder.resolve("run"))
                .with("state-dir", folder.resolve("state"))
                .with("subnet-file", folder.resolve("subnet.env"));
        List<String> command = new ArrayList<>(prefix);
        command.add(startScript);
        command.addAll(options.arguments());
        return host().spawn(command).awaitExit(BOUND);
    }

    private Path copyReadableForAll() {
        Path copy = folder.resolve("rudder");
        host().run("cp", "-rL", Path.of(startScript()).getParent().getParent().toString(), copy.toString());
        host().run("chmod", "a+rx", folder.toString());
        return copy;
    }

    private static Host host() {
        return CLUSTER.host("a");
    }

    private static String startScript() {
        return RudderProcess.startScript().toString();
    }

    private static void assertOneLine(Result result, int exitCode, String... words) {
        List<String> complaints = result.stderr()
                .lines()
                .filter(line -> line.startsWith("rudder: "))
                .toList();
        assertThat(complaints).as(result.output()).hasSize(1);
        assertThat(complaints.get(0)).contains(words);
        assertThat(result.output()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
    }
}
