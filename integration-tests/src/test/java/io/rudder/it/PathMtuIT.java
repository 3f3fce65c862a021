package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
import io.rudder.it.tool.HttpGet;
import io.rudder.it.tool.TcpTransfer;
import io.rudder.it.tool.UdpEcho;
import io.rudder.it.tool.UdpProbe;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two hosts whose interfaces take 1500 bytes, with a hop of 1400 bytes between them that neither of them sees. What
 * gets through is 28 bytes less, 1372: nothing larger may end in a black hole.
 */
class PathMtuIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("near");

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Duration TRANSFER_BOUND = Duration.ofSeconds(10);
    private static final String PORT = "7000";
    private static final String STATUS_PORT = "9090";
    private static final long TRANSFER_BYTES = 20_000_000;
    /** The payload of an ICMP echo that fills the device's MTU of 1472 bytes. */
    private static final String FULL_ECHO = "1444";

    private static Host far;
    private RudderProcess a;
    private RudderProcess b;

    @BeforeAll
    static void connect() {
        far = CLUSTER.addHostBehindHop("far", 1400);
    }

    /** Nobody knows of the hop yet. */
    @BeforeEach
    void startAnew() {
        CLUSTER.reset();
        List.of("near", "far").forEach(name -> CLUSTER.host(name).run("ip", "route", "flush", "cache"));
        start("auto");
    }

    private void start(String offload) {
        a = start(CLUSTER.host("near"), offload);
        b = start(far, offload);
        List.of(a, b).forEach(RudderProcess::awaitReady);
        boolean connected =
                Wait.until(BOUND, () -> a.host().ping(b.overlayAddress(), 1).exitCode() == 0);
        assertThat(connected).as("small packets pass").isTrue();
    }

    private static RudderProcess start(Host host, String offload) {
        return CLUSTER.start(
                host,
                CLUSTER.optionsOf(host)
                        .with("offload", offload)
                        .with("healthz-port", STATUS_PORT)
                        .with("probe-interval", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "off"})
    void aStreamGoesOnAtOnce(String offload) {
        if (!offload.equals("auto")) {
            CLUSTER.reset();
            start(offload);
        }
        transfer(a, b);
        transfer(b, a);
        assertThat(a.finalCounters().get("icmp_fragmentation_needed_sent")).isPositive();
    }

    @Test
    void aSenderOfWholePacketsIsToldWhatWouldDo() {
        Result ping = a.host().ping(b.overlayAddress(), 5, "-M", "do", "-s", FULL_ECHO);

        assertThat(ping.output())
                .contains("From " + a.overlayAddress() + " icmp_seq")
                .contains("Frag needed and DF set (mtu = 1372)");
        Result fitting = a.host().ping(b.overlayAddress(), 5, "-M", "do", "-s", "1344");
        assertThat(fitting.output()).contains(" 0% packet loss");
        assertThat(a.finalCounters())
                .containsKeys("encap_drop_too_big", "icmp_fragmentation_needed_sent")
                .doesNotContainKey("encap_fragmented");
    }

    @Test
    void packetsThatMayBeCutArriveWhole() {
        learnBothWays();

        Result ping = a.host().ping(b.overlayAddress(), 20, "-M", "dont", "-s", FULL_ECHO);

        assertThat(ping.output()).contains(" 0% packet loss");
        assertThat(a.finalCounters().get("encap_fragmented")).isGreaterThanOrEqualTo(20);
    }

    @Test
    void theStatusTellsWhatGetsThrough() {
        learnBothWays();

        boolean told = Wait.until(BOUND, () -> statusOf(a).contains("\"pathMtuBytes\":1372"));

        assertThat(told).isTrue();
    }

    private static String statusOf(RudderProcess daemon) {
        return daemon.host()
                .spawnTool(HttpGet.class, "http://127.0.0.1:" + STATUS_PORT + "/status")
                .awaitExit(BOUND)
                .stdout();
    }

    @Test
    void datagramsBeyondTheMtuArriveWhole() {
        learnBothWays();
        b.host().spawnTool(UdpEcho.class, b.overlayAddress(), PORT).awaitOutput("listening", BOUND);

        Running probe = a.host()
                .spawnTool(UdpProbe.class, b.overlayAddress(), PORT, "1472-1500", "2000", "2910-2920", "5555", "8000");

        assertThat(probe.awaitExit(BOUND).orFail().stdout()).isEqualTo("probed 43\n");
    }

    /** The packet that finds out about a hop is lost, on any path; the ones after it are not. */
    private void learnBothWays() {
        boolean learned = Wait.until(
                BOUND,
                () -> a.host()
                                .ping(b.overlayAddress(), 1, "-W", "0.2", "-M", "dont", "-s", FULL_ECHO)
                                .exitCode()
                        == 0);
        assertThat(learned).isTrue();
    }

    private static void transfer(RudderProcess from, RudderProcess to) {
        String address = to.overlayAddress();
        Running receiver = to.host().spawnTool(TcpTransfer.class, "receive", address, PORT);
        receiver.awaitOutput("listening", BOUND);
        Running sender =
                from.host().spawnTool(TcpTransfer.class, "send", address, PORT, Long.toString(TRANSFER_BYTES), "7");

        String sent = sender.awaitExit(TRANSFER_BOUND).orFail().stdout();
        String received = receiver.awaitExit(TRANSFER_BOUND).orFail().stdout();

        assertThat(received).isEqualTo("listening\n" + sent);
        assertThat(sent).startsWith(TRANSFER_BYTES + " bytes");
    }
}
