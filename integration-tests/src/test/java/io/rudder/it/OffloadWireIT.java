package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.KernelDrops;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.tool.Capture;
import io.rudder.it.tool.PacketJudge;
import io.rudder.it.tool.TcpStreams;
import io.rudder.it.tool.UdpNumbers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every datagram on the wire is one IP packet that any receiver takes, whatever cuts and joins packets on the way to it.
 * The underlay's own offloads are off, so that each datagram is on the wire by itself, where it is captured.
 */
class OffloadWireIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b");

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final String TCP_PORT = "7000";
    private static final String UDP_PORT = "7001";
    private static final String STREAMS = "4";
    private static final String STREAM_BYTES = "2000000";
    private static final String DATAGRAMS = "6400";
    /** So that some are sent in fragments. */
    private static final String LONGEST_DATAGRAM = "8000";

    private static final Pattern RECEIVED = Pattern.compile("received (\\d+), wrong 0, disordered 0");
    /** That of packets which a host sends, less the one hop that the overlay is. */
    private static final int TTL = 63;

    @BeforeAll
    static void switchOffOffloadsOfTheUnderlay() {
        for (String name : List.of("a", "b")) {
            CLUSTER.host(name)
                    .run(
                            "ethtool",
                            "-K",
                            "eth0",
                            "tso",
                            "off",
                            "gso",
                            "off",
                            "gro",
                            "off",
                            "tx-udp-segmentation",
                            "off");
        }
    }

    @AfterEach
    void reset() {
        CLUSTER.reset();
    }

    @ParameterizedTest(name = "-offload={0} -queues={1}")
    @CsvSource({"auto, 1", "off, 1", "auto, 2"})
    void everyPacketOnTheWireIsValidAndInOrder(String offload, String queues) {
        RudderProcess a = start("a", offload, queues);
        RudderProcess b = start("b", offload, queues);
        List.of(a, b).forEach(RudderProcess::awaitReady);
        assertThat(a.host().ping(b.overlayAddress(), 3).exitCode()).isZero();
        Path file = a.host().directory().resolve("wire-%s-%s.pcap".formatted(offload, queues));
        Running capture = capture(a.host(), file);

        int received = exchange(a, b);

        capture.interrupt();
        assertThat(capture.awaitExit(BOUND).stderr()).contains("0 packets dropped by kernel");
        PacketJudge judge = new PacketJudge(TTL);
        Capture.udpPayloads(file).forEach(judge::see);
        assertThat(judge.complaints()).isEmpty();
        assertThat(judge.count("tcp")).isGreaterThan(2 * 4 * 2_000_000 / 1472);
        assertThat(judge.count("udp")).isGreaterThanOrEqualTo(received);
        assertThat(judge.count("fragment")).isGreaterThan(100);
    }

    private static RudderProcess start(String name, String offload, String queues) {
        Host host = CLUSTER.host(name);
        return CLUSTER.start(
                host, CLUSTER.optionsOf(host).with("offload", offload).with("queues", queues));
    }

    private static Running capture(Host host, Path file) {
        Running capture = host.spawn(
                "tcpdump",
                "-n",
                "-Z",
                "root",
                "-B",
                "65536",
                "-i",
                "eth0",
                "-w",
                file.toString(),
                "udp",
                "port",
                "8285");
        capture.awaitOutput("listening on", BOUND);
        return capture;
    }

    /**
     * Streams and datagrams at once; what arrives is checked by the tools themselves. Nothing is lost but what the kernel
     * has no room for, which it counts: on a busy machine the streams fill the device's queue.
     *
     * @return how many datagrams arrived
     */
    private static int exchange(RudderProcess a, RudderProcess b) {
        Running server =
                b.host().spawnTool(TcpStreams.class, "serve", b.overlayAddress(), TCP_PORT, STREAMS, STREAM_BYTES);
        List<Running> receivers = new ArrayList<>();
        for (RudderProcess to : List.of(a, b)) {
            receivers.add(to.host()
                    .spawnTool(
                            UdpNumbers.class, "receive", to.overlayAddress(), UDP_PORT, DATAGRAMS, LONGEST_DATAGRAM));
        }
        server.awaitOutput("listening", BOUND);
        receivers.forEach(receiver -> receiver.awaitOutput("listening", BOUND));

        Running client =
                a.host().spawnTool(TcpStreams.class, "connect", b.overlayAddress(), TCP_PORT, STREAMS, STREAM_BYTES);
        sendDatagrams(a, b);
        sendDatagrams(b, a);

        assertThat(client.awaitExit(BOUND).orFail().stdout()).isEqualTo("whole 4\n");
        assertThat(server.awaitExit(BOUND).orFail().stdout()).isEqualTo("listening\nwhole 4\n");
        int received = 0;
        for (Running receiver : receivers) {
            String output = receiver.awaitExit(BOUND).orFail().stdout();
            Matcher counts = RECEIVED.matcher(output);
            assertThat(counts.find()).as(output).isTrue();
            received += Integer.parseInt(counts.group(1));
        }
        assertThat(2 * Integer.parseInt(DATAGRAMS) - received).isBetween(0, dropped(a) + dropped(b));
        return received;
    }

    private static int dropped(RudderProcess daemon) {
        return KernelDrops.ofDevice(daemon.host(), "rudder0") + KernelDrops.ofSockets(daemon.host());
    }

    private static void sendDatagrams(RudderProcess from, RudderProcess to) {
        from.host().spawnTool(UdpNumbers.class, "send", to.overlayAddress(), UDP_PORT, DATAGRAMS, LONGEST_DATAGRAM);
    }
}
