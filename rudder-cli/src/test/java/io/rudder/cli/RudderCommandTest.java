package io.rudder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.cli.log.LogFormat;
import io.rudder.cli.log.LogSettings;
import io.rudder.daemon.DaemonSettings;
import io.rudder.daemon.admin.AdminSettings;
import io.rudder.daemon.host.HostException;
import io.rudder.etcd.EtcdOptions;
import io.rudder.lease.LeasePolicy.OnLost;
import io.rudder.net.Ipv4;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RudderCommandTest {
    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Optional<DaemonSettings> started = Optional.empty();
    private LogSettings log;

    @Test
    void runsTheDaemonWithTheDefaults() {
        int cores = Runtime.getRuntime().availableProcessors();
        assertThat(execute("")).isZero();

        assertThat(started)
                .contains(new DaemonSettings(
                        EtcdOptions.of("http://127.0.0.1:4001,http://127.0.0.1:2379", "/coreos.com/network"),
                        Optional.empty(),
                        new DaemonSettings.Underlay(Optional.empty(), Optional.empty(), Optional.empty()),
                        new DaemonSettings.Host(
                                "rudder0",
                                Path.of("/run/rudder"),
                                Path.of("/run/rudder/subnet.env"),
                                Optional.empty(),
                                Path.of("/var/lib/rudder"),
                                false,
                                restart("/run/rudder")),
                        new DaemonSettings.Carriage(
                                true,
                                Math.max(1, Math.min(64, cores / 2)),
                                false,
                                Optional.of(Duration.ofNanos(100_000)),
                                Optional.of(Duration.ofSeconds(5))),
                        new DaemonSettings.Leasing(
                                Duration.ofMinutes(60), false, OnLost.FENCE, Optional.empty(), false, false),
                        Optional.empty()));
        assertThat(log).isEqualTo(new LogSettings(LogFormat.TEXT, 0));
    }

    private static DaemonSettings.Restart restart(String runDir) {
        return new DaemonSettings.Restart(Path.of(runDir, "hand-over.sock"), false, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-port 9000", "-port=9000", "--port 9000", "--port=9000", "-port 1 -port 9000"})
    void takesEveryFormOfAnOption(String line) {
        assertThat(execute(line)).isZero();
        assertThat(started.orElseThrow().underlay().port()).contains(9000);
    }

    @ParameterizedTest
    @CsvSource({
        "-ip-masq, true",
        "--ip-masq, true",
        "-ip-masq=true, true",
        "-ip-masq=1, true",
        "-ip-masq true, true",
        "-ip-masq=false, false",
        "--ip-masq=0, false",
        "-ip-masq false, false",
        "-ip-masq -ip-masq=false, false",
        "-ip-masq -port 1, true",
    })
    void takesEveryFormOfASwitch(String line, boolean expected) {
        assertThat(execute(line)).isZero();
        assertThat(started.orElseThrow().host().ipMasq()).isEqualTo(expected);
    }

    @Test
    void takesAllOptions() {
        assertThat(execute(
                        "-etcd-endpoints http://a:1,http://b:2 -etcd-prefix /x/ -peers-file /p -iface eth1 -public-ip 192.0.2.7"
                                + " -port 9000 -tun-name r1 -subnet-file /f -cni-conf-file /c -state-dir /s -run-dir /r -ip-masq -hand-over -fd-store"
                                + " -subnet-lease-renew-margin 1430 -take-over -on-lease-lost keep -on-subnet-change=true -release-on-exit -offline-start -offload off -queues 3 -realtime -busy-poll 50 -probe-interval off -healthz-ip 127.0.0.1 -healthz-port 9090 -metrics-per-peer"
                                + " -log-format json -v 1"))
                .isZero();

        assertThat(started)
                .contains(new DaemonSettings(
                        EtcdOptions.of("http://a:1,http://b:2", "/x"),
                        Optional.of(Path.of("/p")),
                        new DaemonSettings.Underlay(
                                Optional.of("eth1"), Optional.of(Ipv4.parse("192.0.2.7")), Optional.of(9000)),
                        new DaemonSettings.Host(
                                "r1",
                                Path.of("/r"),
                                Path.of("/f"),
                                Optional.of(Path.of("/c")),
                                Path.of("/s"),
                                true,
                                new DaemonSettings.Restart(Path.of("/r/hand-over.sock"), true, true)),
                        new DaemonSettings.Carriage(
                                false, 3, true, Optional.of(Duration.ofNanos(50_000)), Optional.empty()),
                        new DaemonSettings.Leasing(
                                Duration.ofMinutes(1430), true, OnLost.KEEP, Optional.of("true"), true, true),
                        Optional.of(new AdminSettings("127.0.0.1", 9090, true))));
        assertThat(started.orElseThrow().leasing().policy().renewInterval()).isEqualTo(Duration.ofMinutes(10));
        assertThat(log).isEqualTo(new LogSettings(LogFormat.JSON, 1));
    }

    @Test
    void takesVariablesForOptions() {
        environment.put("RUDDER_TUN_NAME", "r2");
        environment.put("RUDDER_IP_MASQ", "true");
        environment.put("RUDDER_RUN_DIR", "/run/r2");
        environment.put("RUDDER_ETCD_ENDPOINT", "http://a:1");
        environment.put("RUDDER_IFACE", "");

        assertThat(execute("")).isZero();

        assertThat(started.orElseThrow().host())
                .isEqualTo(new DaemonSettings.Host(
                        "r2",
                        Path.of("/run/r2"),
                        Path.of("/run/r2/subnet.env"),
                        Optional.empty(),
                        Path.of("/var/lib/rudder"),
                        true,
                        restart("/run/r2")));
        assertThat(started.orElseThrow().etcd().endpointList()).isEqualTo("http://a:1");
        assertThat(started.orElseThrow().underlay().iface()).isEmpty();
    }

    @Test
    void anOptionWinsOverItsVariable() {
        environment.put("RUDDER_PORT", "not even a number");
        environment.put("RUDDER_IP_MASQ", "true");

        assertThat(execute("-port 9000 -ip-masq=false")).isZero();

        assertThat(started.orElseThrow().underlay().port()).contains(9000);
        assertThat(started.orElseThrow().host().ipMasq()).isFalse();
    }

    @Test
    void aBadVariableIsReportedByItsName() {
        environment.put("RUDDER_PORT", "x");

        assertThat(execute("")).isEqualTo(2);

        assertThat(err).hasToString("rudder: RUDDER_PORT: 'x' is not a UDP port (expected 1 to 65535)\n");
        assertThat(started).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "-ifce eth0 # unknown option '-ifce', did you mean -iface; 'rudder -help' lists the options",
                "--qqq=1 # unknown option '--qqq'; 'rudder -help' lists the options",
                "start # unexpected argument 'start'; 'rudder -help' lists the options",
                "-port # option -port needs a value (PORT); 'rudder -help' lists the options",
                "-iface -port 1 # option -iface needs a value (NAME|IP); 'rudder -help' lists the options",
                "-port 0 # -port: '0' is not a UDP port (expected 1 to 65535)",
                "-port 99999999999999 # -port: '99999999999999' is not a UDP port (expected 1 to 65535)",
                "-v 2 # -v: '2' is not a level (expected 0 to 1)",
                "-ip-masq=yes # -ip-masq: 'yes' is neither true nor false",
                "-subnet-lease-renew-margin 1440 # -subnet-lease-renew-margin: '1440' is not a number of minutes"
                        + " (expected 1 to 1439)",
                "-public-ip 300.1.1.1 # -public-ip: '300.1.1.1' is not an IPv4 address (expected a.b.c.d)",
                "-public-ip 127.0.0.1 # -public-ip: '127.0.0.1' is not an address at which peers can reach this host",
                "-probe-interval 0 # -probe-interval: '0' is not off or a number of seconds (expected 1 to 3600)",
                "-log-format=xml # -log-format: 'xml' is neither text nor json",
                "-healthz-port 99999 # -healthz-port: '99999' is not a TCP port (expected 0 to 65535)",
                "-healthz-ip localhost # -healthz-ip: 'localhost' is not an IPv4 address (expected a.b.c.d)",
                "-subnet-file / # -subnet-file: '/' is not a file",
                "-state-dir= # -state-dir: '' is not a path",
                "-iface= # -iface: '' is not an interface (expected its name or its address)",
            })
    void oneLineSaysWhatIsWrong(String line, String message) {
        assertThat(execute(line)).isEqualTo(2);

        assertThat(err).hasToString("rudder: " + message + "\n");
        assertThat(out.toString()).isEmpty();
        assertThat(started).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sixteenletters16", "a/b", "a:b", ".", "all", "default", "lo", "r%d", "rüder0"})
    void refusesWhatIsNoNameForADevice(String name) {
        assertThat(execute("-tun-name " + name)).isEqualTo(2);

        assertThat(err)
                .hasToString("rudder: -tun-name: '" + name + "' is not a name for a device"
                        + " (expected 1 to 15 letters, digits, '_', '.' or '-', like rudder0)\n");
    }

    @ParameterizedTest
    @CsvSource({"-etcd-endpoint foo, -etcd-endpoint: ", "-etcd-prefix /, -etcd-prefix: "})
    void aBadPlaceInEtcdIsReportedByItsOption(String line, String start) {
        assertThat(execute(line)).isEqualTo(2);

        assertThat(err.toString()).startsWith("rudder: " + start).hasLineCount(1);
    }

    @Test
    void readsThePasswordOfEtcdFromItsThreeSources(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "from file\nnot this\n");
        environment.put("RUDDER_ETCD_USERNAME", "rudder");

        assertThat(execute("-etcd-password=s3cret")).isZero();
        assertThat(passwordOfEtcd()).contains("s3cret");
        assertThat(execute("-etcd-password-file=" + file)).isZero();
        assertThat(passwordOfEtcd()).contains("from file");
        environment.put("RUDDER_ETCD_PASSWORD", "from variable");
        assertThat(execute("")).isZero();
        assertThat(passwordOfEtcd()).contains("from variable");
        assertThat(started.orElseThrow().toString()).doesNotContain("from variable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "-etcd-username u # -etcd-username: no password; give -etcd-password-file, or its variable"
                        + " RUDDER_ETCD_PASSWORD",
                "-etcd-password s3cret # a password for etcd without a user: give -etcd-username too",
                "-etcd-username u -etcd-password s3cret -etcd-password-file /dev/null # -etcd-password-file: /dev/null"
                        + " holds no password on its first line",
                "-etcd-password-file /no/such # -etcd-password-file: /no/such: no such file",
                "-etcd-cafile /ca # certificate files are given, but etcd endpoint http://127.0.0.1:4001 is not"
                        + " secured; expected https://host:port",
                "-etcd-certfile /c # -etcd-certfile needs the private key of the certificate: -etcd-keyfile",
                "-etcd-keyfile /k # -etcd-keyfile needs the certificate that it belongs to: -etcd-certfile",
                "-etcd-endpoint https://e:1 -etcd-cafile /no/such # /no/such: no such file",
                "-etcd-endpoint https://e:1 -etcd-cafile /dev/null # /dev/null: holds no certificate in PEM form"
                        + " (expected -----BEGIN CERTIFICATE-----)",
            })
    void whatIsWrongWithAccessToEtcdIsOneLineWithoutSecrets(String line, String message) {
        assertThat(execute(line)).isEqualTo(2);

        assertThat(err).hasToString("rudder: " + message + "\n");
        assertThat(err.toString()).doesNotContain("s3cret");
    }

    @Test
    void helpNamesEveryOptionWithItsVariable() {
        assertThat(execute("-help")).isZero();

        for (DaemonOption option : DaemonOption.values()) {
            assertThat(out.toString()).contains("  " + option.flag(), "variable " + option.variable() + ")");
            option.defaultText().ifPresent(text -> assertThat(out.toString()).contains("(default " + text + "; "));
        }
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void versionIsThatOfTheBuild() {
        assertThat(execute("-version")).isZero();
        assertThat(out.toString()).matches("rudder \\d+\\.\\d+\\.\\d+\\S*\\n");
    }

    @Test
    void aFailureIsOneLineAndExitsWithOne() {
        CommandLine command = RudderCommand.create(environment, (settings, logging) -> {
            throw new HostException("no interface 'eht0'");
        });

        assertThat(execute(command, "")).isOne();
        assertThat(err).hasToString("rudder: no interface 'eht0'\n");
    }

    private Optional<String> passwordOfEtcd() {
        return started.flatMap(settings -> settings.etcd().credentials()).map(EtcdOptions.Credentials::password);
    }

    private int execute(String line) {
        return execute(
                RudderCommand.create(environment, (settings, logging) -> {
                    started = Optional.of(settings);
                    log = logging;
                    return 0;
                }),
                line);
    }

    private int execute(CommandLine command, String line) {
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(line.isEmpty() ? new String[0] : line.split(" "));
    }
}
