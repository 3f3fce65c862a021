package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.KernelDrops;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
import io.rudder.it.tool.UdpStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One daemon follows another on a host while numbered packets pass in both directions. */
class RestartIT {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Duration STREAM_BOUND = Duration.ofSeconds(90);
    private static final String PORT = "7000";
    // docs/host.md has what was measured with 10000 on an idle machine.
    private static final int PER_SECOND = Integer.getInteger("rudder.restart.packets-per-second", 250);
    private static final int COUNT = 8 * PER_SECOND;
    // A device that goes away for as long as a start takes costs more; a machine that takes the processor away, less.
    private static final int TOLERATED = COUNT / 20;

    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b");

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    private static void awaitPing(RudderProcess from, RudderProcess to) {
        Wait.untilAsserted(
                BOUND,
                () -> assertThat(from.host().ping(to.overlayAddress(), 1).output())
                        .contains(" 0% packet loss"));
    }

    /** A stream to a container, whose kernel tells the loss of the stream's own receiver from that of the overlay. */
    private record Stream(String direction, Host receiverAt, Running receiver, Running sender) {
        static Stream start(String direction, Host from, Host to) {
            String count = Integer.toString(COUNT);
            Running receiver = to.spawnTool(UdpStream.class, "receive", to.address(), PORT, count);
            receiver.awaitOutput("listening", BOUND);
            Running sender =
                    from.spawnTool(UdpStream.class, "send", to.address(), PORT, count, Integer.toString(PER_SECOND));
            return new Stream(direction, to, receiver, sender);
        }

        int lost() {
            sender.awaitOutput("sent " + COUNT, STREAM_BOUND);
            receiver.awaitOutput("received \\d+", STREAM_BOUND);
            Matcher lost = Pattern.compile("lost (\\d+)").matcher(receiver.stdout());
            assertThat(lost.find()).isTrue();
            int refused = KernelDrops.ofSockets(receiverAt);
            System.out.printf(
                    "RestartIT: %s: %s; of these lost for want of room in the receiver's socket: %d%n",
                    direction, receiver.stdout().strip().replace("\n", "; "), refused);
            return Integer.parseInt(lost.group(1)) - refused;
        }
    }

    @Test
    void aHandOverLosesNothingAndLeavesTheHostAsItIs() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        RudderProcess a = daemons.get(0);
        RudderProcess b = daemons.get(1);
        awaitPing(a, b);
        // Loses nothing by itself once its code is compiled.
        a.host().run("ping", "-f", "-q", "-c", "20000", b.overlayAddress());
        String before = state(a.host());
        Host inA = CLUSTER.addContainer(a, "ca", 2);
        Host inB = CLUSTER.addContainer(b, "cb", 2);
        Stream out = Stream.start("hand-over, out", inA, inB);
        Stream in = Stream.start("hand-over, in", inB, inA);

        RudderProcess next = CLUSTER.start(a.host(), CLUSTER.optionsOf(a.host()).with("hand-over", true))
                .awaitReady();
        a.process().awaitExit(BOUND).orFail();

        assertThat(out.lost()).isLessThan(TOLERATED);
        assertThat(in.lost()).isLessThan(TOLERATED);
        assertThat(state(a.host())).isEqualTo(before);
        assertThat(a.log()).contains("the next daemon has the tunnel");
        assertThat(next.subnetFile().subnet()).isEqualTo(a.subnetFile().subnet());
        awaitPing(b, next);
        assertThat(next.terminate(BOUND).exitCode()).isZero();
        assertThat(a.host().run("ip", "-br", "link").stdout()).doesNotContain("rudder0");
    }

    @Test
    void aDaemonWhoseSuccessorDoesNotGoOnGoesOnItself() throws IOException {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        RudderProcess a = daemons.get(0);
        RudderProcess b = daemons.get(1);
        awaitPing(a, b);
        String before = state(a.host());
        Path socket = Path.of(CLUSTER.optionsOf(a.host()).value("run-dir"), "hand-over.sock");
        try (SocketChannel successor = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            successor.write(ByteBuffer.wrap("rudder-hand-over 3 1\n".getBytes(StandardCharsets.US_ASCII)));
            // It says nothing more, as one that stands still.
            a.process().awaitOutput("did not go on with the tunnel; going on with it", BOUND);
        }
        awaitPing(a, b);
        assertThat(state(a.host())).isEqualTo(before);

        RudderProcess next = CLUSTER.start(a.host(), CLUSTER.optionsOf(a.host()).with("hand-over", true))
                .awaitReady();
        a.process().awaitExit(BOUND).orFail();
        awaitPing(b, next);
        assertThat(state(next.host())).isEqualTo(before);
    }

    @Test
    void aDaemonThatCannotGoOnLeavesTunnelAndLeaseToTheRunningOne() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        RudderProcess a = daemons.get(0);
        awaitPing(a, daemons.get(1));
        String before = state(a.host());
        RudderProcess next = CLUSTER.start(
                a.host(),
                CLUSTER.optionsOf(a.host())
                        .with("hand-over", true)
                        .with("release-on-exit", true)
                        .with("offload", "off"));
        assertThat(next.process().awaitExit(BOUND).exitCode()).isEqualTo(1);
        assertThat(next.log()).contains("the device that was handed over is");
        awaitPing(a, daemons.get(1));
        awaitPing(daemons.get(1), a);
        assertThat(state(a.host())).isEqualTo(before);
        assertThat(CLUSTER.etcd().get(a.leaseKey())).isPresent();
    }

    /** With the interface's index: the device is the very same. */
    private static String state(Host host) {
        return host.run("ip", "-4", "-o", "addr", "show", "dev", "rudder0").stdout()
                + host.run("ip", "-4", "route", "show", "dev", "rudder0").stdout();
    }

    /** To change its length later would lose what comes meanwhile. */
    @Test
    void aTunnelForTheServiceManagersStoreHasALongQueueFromTheStart() {
        Host host = CLUSTER.host("a");
        CLUSTER.start(host, CLUSTER.optionsOf(host).with("fd-store", true)).awaitReady();
        assertThat(host.run("ip", "link", "show", "rudder0").stdout()).contains("qlen 20000");
    }

    @Test
    void withoutARunningDaemonAHandOverIsAStart() {
        Host host = CLUSTER.host("a");
        RudderProcess daemon = CLUSTER.start(host, CLUSTER.optionsOf(host).with("hand-over", true))
                .awaitReady();
        assertThat(daemon.log()).contains("no daemon listens");
    }

    @Test
    void aDaemonWithOtherQueuesIsRefusedAndTheRunningOneGoesOn() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        Host host = CLUSTER.host("a");
        RudderProcess next = CLUSTER.start(
                host, CLUSTER.optionsOf(host).with("hand-over", true).with("queues", 2));
        assertThat(next.process().awaitExit(BOUND).exitCode()).isEqualTo(1);
        assertThat(next.log()).contains("does not hand its tunnel over");
        awaitPing(daemons.get(0), daemons.get(1));
    }
}
