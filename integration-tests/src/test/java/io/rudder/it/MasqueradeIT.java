package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With {@code -ip-masq}, containers reach the world as their host, and each other as themselves. */
class MasqueradeIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "outside");

    private static final Duration BOUND = Duration.ofSeconds(10);

    private static Host left;
    private static Host right;

    @BeforeAll
    static void startDaemonsWhereDockerDropsForwardedPackets() {
        List<RudderProcess> daemons = Stream.of(CLUSTER.host("a"), CLUSTER.host("b"))
                .map(MasqueradeIT::startMasquerading)
                .toList();
        daemons.forEach(RudderProcess::awaitReady);
        left = CLUSTER.addContainer(daemons.get(0), "left", 2);
        right = CLUSTER.addContainer(daemons.get(1), "right", 2);
    }

    @Test
    void theWorldSeesTheHostsAddress() {
        assertThat(sourceSeenBy(CLUSTER.host("outside"), left))
                .isEqualTo(CLUSTER.host("a").address());
    }

    @Test
    void overlayToOverlayIsNotRewrittenAndPassesADroppingForwardPolicy() {
        assertThat(sourceSeenBy(right, left)).isEqualTo(left.address());
    }

    @Test
    void packetsMarkedByKubeProxyAreLeftAlone() {
        left.run("ping", "-c", "1", "-W", "2", CLUSTER.host("outside").address());
        CLUSTER.host("a")
                .run(
                        "iptables",
                        "-t",
                        "mangle",
                        "-I",
                        "PREROUTING",
                        "-s",
                        left.address(),
                        "-j",
                        "MARK",
                        "--set-xmark",
                        "0x4000/0x4000");
        try {
            assertThat(sourceOfUnanswered(CLUSTER.host("outside"), left)).isEqualTo(left.address());
        } finally {
            CLUSTER.host("a").run("iptables", "-t", "mangle", "-F");
        }
    }

    private static RudderProcess startMasquerading(Host host) {
        host.run("iptables", "-P", "FORWARD", "DROP");
        return CLUSTER.start(host, CLUSTER.optionsOf(host).with("ip-masq", true));
    }

    private static String sourceSeenBy(Host target, Host sender) {
        Running capture = captureEchoRequest(target);
        assertThat(sender.ping(target.address(), 2).output()).contains(" 0% packet loss");
        return source(capture);
    }

    private static String sourceOfUnanswered(Host target, Host sender) {
        Running capture = captureEchoRequest(target);
        sender.ping(target.address(), 1);
        return source(capture);
    }

    private static Running captureEchoRequest(Host target) {
        Running capture =
                target.spawn("tcpdump", "-n", "-l", "--immediate-mode", "-i", "eth0", "-c", "1", "icmp[0] == 8");
        capture.awaitOutput("listening on", BOUND);
        return capture;
    }

    private static String source(Running capture) {
        String line = capture.awaitExit(BOUND).stdout();
        return line.replaceAll("(?s).*IP (\\S+) > .*", "$1");
    }
}
