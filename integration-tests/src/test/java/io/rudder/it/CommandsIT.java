package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator's commands, as processes beside real daemons. */
class CommandsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "idle");

    private static final Duration SOON = Duration.ofSeconds(20);

    private static RudderProcess a;
    private static RudderProcess b;

    @BeforeAll
    static void start() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        a = daemons.get(0);
        b = daemons.get(1);
        Wait.untilAsserted(SOON, () -> a.host().ping(b.overlayAddress(), 1).orFail());
    }

    private static Result rudder(Host host, String... arguments) {
        return host.exec(line(host, arguments).toArray(String[]::new));
    }

    private static List<String> line(Host host, String... arguments) {
        List<String> line = new ArrayList<>(List.of(RudderProcess.startScript().toString()));
        line.addAll(List.of(arguments));
        line.addAll(List.of("-run-dir", host.directory().resolve("run").toString()));
        return line;
    }

    private static String out(String... arguments) {
        return rudder(a.host(), arguments).orFail().stdout();
    }

    @Test
    void statusTellsOfLeaseAndPeers() {
        Wait.untilAsserted(
                SOON,
                () -> assertThat(out("status"))
                        .contains(
                                "state     ready;",
                                a.subnetFile().keyName().replace('-', '/') + ", held for ",
                                "peers     1"));

        assertThat(out("status", "-json"))
                .startsWith("{\"schema\":1,")
                .contains("\"ready\":true", "\"state\":\"held\"", "\"tunName\":\"rudder0\"");
    }

    @Test
    void peersTellOfTrafficAndRoundTrip() {
        a.host().ping(b.overlayAddress(), 3).orFail();

        Wait.untilAsserted(
                SOON, () -> assertThat(out("peers", "-json")).contains("\"roundTripMillis\":", "\"lossRatio\":0.0"));
        assertThat(out("peers")).contains(b.host().address() + ":8285").doesNotContain("\033[");
    }

    @Test
    void whichFindsThePeer() {
        assertThat(out("which", b.overlayAddress())).contains(b.host().address() + ":8285 answers for");
        assertThat(rudder(a.host(), "which", "192.0.2.1").exitCode()).isOne();
    }

    @Test
    void subnetsAreReservedAndReleasedWithAndWithoutADaemon() {
        assertThat(out("leases", "reserve", "10.0.250.0/24", "198.51.100.77"))
                .isEqualTo("10.0.250.0/24 is reserved for 198.51.100.77\n");
        assertThat(CLUSTER.etcd()
                        .etcdctl("get", Etcd.PREFIX + "/subnets/10.0.250.0-24")
                        .stdout())
                .contains("{\"PublicIP\":\"198.51.100.77\",\"PublicIPv6\":null}");

        Host idle = CLUSTER.host("idle");
        Result leases = rudder(idle, "leases", "-etcd-endpoint", CLUSTER.etcd().endpoint())
                .orFail();
        assertThat(leases.stdout())
                .contains("10.0.250.0/24  198.51.100.77")
                .contains(a.host().address());
        Result refused = rudder(a.host(), "leases", "release", a.subnetFile().keyName());
        assertThat(refused.exitCode()).isOne();
        assertThat(refused.stderr()).contains("not reserved; -force releases it all the same");

        Result released = rudder(
                        idle,
                        "leases",
                        "release",
                        "10.0.250.0/24",
                        "-json",
                        "-etcd-endpoint",
                        CLUSTER.etcd().endpoint())
                .orFail();
        assertThat(released.stdout()).isEqualTo("{\"schema\":1,\"released\":\"10.0.250.0/24\"}\n");
        assertThat(out("leases", "-json")).startsWith("{\"schema\":1,").doesNotContain("10.0.250.0");
    }

    @Test
    void configurationIsCheckedBeforeItIsWritten() {
        Result stranding = rudder(a.host(), "config", "put", "{\"Network\":\"10.9.0.0/16\"}");
        assertThat(stranding.exitCode()).isOne();
        assertThat(stranding.stderr()).contains("2 leases are none of its subnets");
        Result invalid = rudder(a.host(), "config", "put", "{\"Network\":\"10.0.0.0/16\",\"SubnetLen\":31}");
        assertThat(invalid.stderr())
                .isEqualTo("rudder: the configuration cannot be used: SubnetLen 31 is not a whole"
                        + " number between 16 and 30; nearest that would do: 30\n");

        assertThat(out("config", "put", Cluster.CONFIG)).startsWith("it is there already: 10.0.0.0/16");
        assertThat(out("config", "put", "-json", Cluster.CONFIG)).contains("\"written\":false");
        assertThat(out("config", "show", "-json")).contains("\"network\":\"10.0.0.0/16\"", "\"subnets\":256");
    }

    @Test
    void checkFindsNothingWrongBesideADaemonAndSaysWhatIsWithoutOne() {
        assertThat(out("check")).contains("ok       daemon      ready").contains("0 errors, ");

        Result alone = rudder(CLUSTER.host("idle"), "check", "-etcd-endpoint", "http://127.0.0.1:1", "-iface", "eth0");
        assertThat(alone.exitCode()).isOne();
        assertThat(alone.stdout()).contains("error    etcd").contains("ok       port        UDP 8285 is free");
    }

    @Test
    void captureIsReadByTcpdump() {
        assertThat(captured("-protocol", "icmp", "-count", "4"))
                .contains("IP " + a.overlayAddress() + " > " + b.overlayAddress() + ": ICMP echo request")
                .contains("IP " + b.overlayAddress() + " > " + a.overlayAddress() + ": ICMP echo reply");
        assertThat(captured("-outer", "-protocol", "icmp", "-count", "4"))
                .contains("IP " + a.host().address() + ".8285 > " + b.host().address() + ".8285: UDP, length 84");
    }

    private static String captured(String... options) {
        List<String> arguments = new ArrayList<>(List.of("capture"));
        arguments.addAll(List.of(options));
        String command = String.join(" ", line(a.host(), arguments.toArray(String[]::new)));
        Running capture = a.host().spawn("sh", "-c", command + " | tcpdump -nr -");
        // The capture has begun when it was seen to end.
        Wait.untilAsserted(SOON, () -> {
            a.host().ping(b.overlayAddress(), 2);
            assertThat(capture.isAlive()).isFalse();
        });
        return capture.awaitExit(SOON).orFail().stdout();
    }

    @Test
    void logLevelChangesWhatTheDaemonLogs() {
        assertThat(out("log-level", "io.rudder.netty", "debug")).contains("io.rudder.netty  debug");
        assertThat(out("log-level", "io.rudder.netty", "default")).doesNotContain("io.rudder.netty ");
    }

    @Test
    void aSecondDaemonInTheSameRunDirectoryIsRefused() {
        Result second = CLUSTER.start(
                        a.host(),
                        CLUSTER.optionsOf(a.host()).with("tun-name", "rudder1").with("port", 9))
                .process()
                .awaitExit(SOON);

        assertThat(second.exitCode()).isOne();
        assertThat(second.stderr())
                .contains("rudder: another daemon answers at ")
                .contains("choose another -run-dir");
        assertThat(out("status")).contains("ready");
    }

    @Test
    void withoutADaemonThereIsOneLineWhatWouldDo() {
        Result none = rudder(CLUSTER.host("idle"), "status");

        assertThat(none.exitCode()).isOne();
        assertThat(none.stdout()).isEmpty();
        assertThat(none.stderr().lines()).hasSize(1);
        assertThat(none.stderr()).contains("no daemon at ", "start the daemon");
    }
}
