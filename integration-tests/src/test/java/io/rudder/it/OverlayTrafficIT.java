package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.tool.TcpTransfer;
import io.rudder.it.tool.UdpEcho;
import io.rudder.it.tool.UdpProbe;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people send over the overlay arrives whole, between hosts and between containers. */
class OverlayTrafficIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final String PORT = "7000";
    private static final long TRANSFER_BYTES = 100_000_000;

    private static List<RudderProcess> daemons;

    @BeforeAll
    static void startDaemons() {
        daemons = CLUSTER.startOn("a", "b", "c");
    }

    @Test
    void allPairsOfHostsPing() {
        for (RudderProcess from : daemons) {
            for (RudderProcess to : daemons) {
                Result ping = from.host().ping(to.overlayAddress(), 5);
                assertThat(ping.output()).contains(" 0% packet loss");
            }
        }
    }

    @Test
    void packetsOfTheFullMtuPassUnfragmented() {
        int payloadBytes = 1472 - 20 - 8;
        Result ping = daemons.get(0)
                .host()
                .ping(daemons.get(1).overlayAddress(), 5, "-M", "do", "-s", Integer.toString(payloadBytes));

        assertThat(ping.output()).contains(" 0% packet loss");
        assertThat(daemons.get(0).subnetFile().mtuBytes()).isEqualTo(1472);
    }

    @Test
    void packetsBeyondTheMtuAreRefusedWhereTheyAreSent() {
        Result ping = daemons.get(0).host().ping(daemons.get(1).overlayAddress(), 1, "-M", "do", "-s", "1445");

        assertThat(ping.output()).contains("mtu=1472");
    }

    @Test
    void aHundredMegabytesArriveUnchangedInBothDirections() {
        transfer(daemons.get(0), daemons.get(1));
        transfer(daemons.get(1), daemons.get(0));
    }

    @Test
    void datagramsOfAllSizesArriveUnchanged() {
        String address = daemons.get(2).overlayAddress();
        daemons.get(2).host().spawnTool(UdpEcho.class, address, PORT).awaitOutput("listening", BOUND);

        Running probe = daemons.get(1)
                .host()
                .spawnTool(UdpProbe.class, address, PORT, "0-1500", "2915-2925", "4000", "8972", "30000", "65507");

        assertThat(probe.awaitExit(BOUND).orFail().stdout()).isEqualTo("probed 1516\n");
    }

    @Test
    void tracerouteShowsTheOverlayAsOneHop() {
        String target = daemons.get(1).overlayAddress();

        Result trace = daemons.get(0).host().run("traceroute", "-n", "-q", "1", "-w", "2", target);

        List<String> hops = trace.stdout()
                .lines()
                .skip(1)
                .map(line -> line.trim().split("\\s+")[1])
                .toList();
        assertThat(hops).containsExactly(daemons.get(0).overlayAddress(), target);
    }

    @Test
    void aDestinationWithoutLeaseIsToldToBeUnreachable() {
        String nowhere = "10.0.255.77";

        Result ping = daemons.get(0).host().ping(nowhere, 2);

        assertThat(ping.exitCode()).isNotZero();
        assertThat(ping.stdout())
                .contains("From " + daemons.get(0).overlayAddress())
                .contains("Destination Net Unreachable");
    }

    @Test
    void containersReachEachOtherWithTheirOwnAddresses() {
        Host left = CLUSTER.addContainer(daemons.get(0), "left", 2);
        Host right = CLUSTER.addContainer(daemons.get(1), "right", 2);
        Running capture = right.spawn("tcpdump", "-n", "-l", "-i", "eth0", "-c", "1", "icmp[0] == 8");
        capture.awaitOutput("listening on", BOUND);

        Result ping = left.ping(right.address(), 5);

        assertThat(ping.output()).contains(" 0% packet loss");
        assertThat(capture.awaitExit(BOUND).stdout())
                .contains("IP " + left.address() + " > " + right.address() + ": ICMP echo request");
    }

    private static void transfer(RudderProcess from, RudderProcess to) {
        String address = to.overlayAddress();
        Running receiver = to.host().spawnTool(TcpTransfer.class, "receive", address, PORT);
        receiver.awaitOutput("listening", BOUND);
        Running sender =
                from.host().spawnTool(TcpTransfer.class, "send", address, PORT, Long.toString(TRANSFER_BYTES), "42");

        String sent = sender.awaitExit(BOUND).orFail().stdout();
        String received = receiver.awaitExit(BOUND).orFail().stdout();

        assertThat(received).isEqualTo("listening\n" + sent);
        assertThat(sent).startsWith(TRANSFER_BYTES + " bytes");
    }
}
