package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
import io.rudder.it.tool.Packets;
import io.rudder.it.tool.UdpSend;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What arrives on the UDP port is not trusted. Two hosts without a daemon send whatever they like to a real one: a
 * peer, which holds a lease, and a stranger, which does not.
 */
class DecapSafetyIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "peer", "stranger");

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String PEERS_ADDRESS = "10.0.9.5";
    private static final int FORGED_PORT = 6666;
    private static final int GENUINE_PORT = 7777;
    private static final int GARBAGE_COUNT = 100_000;
    private static final long MAX_GROWTH_KIB = 24 * 1024;

    private static RudderProcess a;
    private static RudderProcess b;
    private static Running fromPeer;
    private static Running fromStranger;

    @BeforeAll
    static void startDaemonsAndSenders() {
        Host peer = CLUSTER.host("peer");
        String value = "{\"PublicIP\":\"%s\",\"PublicIPv6\":null}".formatted(peer.address());
        CLUSTER.etcd().putWithLease(Etcd.PREFIX + "/subnets/10.0.9.0-24", value, Duration.ofDays(1));
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        a = daemons.get(0);
        b = daemons.get(1);
        fromPeer = startSender(peer);
        fromStranger = startSender(CLUSTER.host("stranger"));
    }

    @Test
    void nothingForgedReachesTheDeviceAndLiveTrafficGoesOn() {
        Running device = captureDevice();
        Running flow = steadyPing();

        forgedByPeer().values().forEach(bytes -> send(fromPeer, bytes));
        send(fromStranger, genuine("forged"));
        send(fromStranger, Packets.udp(b.overlayAddress(), a.overlayAddress(), FORGED_PORT, new byte[10]));
        send(fromPeer, genuine("genuine"));

        device.awaitOutput("\\." + GENUINE_PORT + ": UDP, length 7\\b", BOUND);
        assertThat(device.stdout().lines()).as("packets that reached rudder0").hasSize(1);
        assertNoLoss(flow);
    }

    @Test
    void garbageIsDroppedWithoutGrowthOfMemory() {
        tellAndAwait(fromStranger, "random " + GARBAGE_COUNT / 4 + " 1");
        Running device = captureDevice();
        Running flow = steadyPing();
        long before = a.residentKib();

        tellAndAwait(fromPeer, "random " + GARBAGE_COUNT + " 2");
        send(fromPeer, genuine("genuine"));

        device.awaitOutput("\\." + GENUINE_PORT + ": UDP", BOUND);
        assertThat(device.stdout().lines()).as("packets that reached rudder0").hasSize(1);
        assertThat(a.residentKib() - before).as("growth in KiB").isLessThan(MAX_GROWTH_KIB);
        flow.interrupt();
        flow.awaitExit(BOUND);
        assertThat(b.host().ping(a.overlayAddress(), 5).output()).contains(" 0% packet loss");
    }

    private static Map<String, byte[]> forgedByPeer() {
        String own = a.overlayAddress();
        byte[] good = Packets.udp(PEERS_ADDRESS, own, FORGED_PORT, new byte[40]);
        Map<String, byte[]> forged = new LinkedHashMap<>();
        forged.put("source of another lease", udp(b.overlayAddress(), own));
        forged.put("source outside the overlay", udp("203.0.113.5", own));
        forged.put("source of the receiver", udp(own, own));
        forged.put("destination of another lease", udp(PEERS_ADDRESS, b.overlayAddress()));
        forged.put("destination outside the overlay", udp(PEERS_ADDRESS, "203.0.113.5"));
        forged.put("multicast destination", udp(PEERS_ADDRESS, "224.0.0.1"));
        forged.put("version 6", Packets.withHeaderByte(good, 0, 0x65));
        forged.put("header length of 16", Packets.withHeaderByte(good, 0, 0x44));
        forged.put("header beyond the datagram", Packets.withHeaderByte(Arrays.copyOf(good, 24), 0, 0x4f));
        forged.put("total length beyond the datagram", Packets.withHeaderByte(good, 2, 0x10));
        forged.put("total length below the header", Packets.withHeaderByte(good, 3, 19));
        for (int size = 0; size < Packets.HEADER_BYTES; size++) {
            forged.put(size + " bytes", Arrays.copyOf(good, size));
        }
        return forged;
    }

    private static byte[] udp(String source, String destination) {
        return Packets.udp(source, destination, FORGED_PORT, new byte[40]);
    }

    private static byte[] genuine(String content) {
        byte[] payload = content.getBytes(StandardCharsets.US_ASCII);
        return Packets.udp(PEERS_ADDRESS, a.overlayAddress(), GENUINE_PORT, payload);
    }

    private static Running startSender(Host host) {
        Running sender = host.spawnTool(UdpSend.class, a.host().address(), "8285");
        sender.awaitOutput("started", BOUND);
        return sender;
    }

    private static void send(Running sender, byte[] bytes) {
        tellAndAwait(sender, "hex " + HexFormat.of().formatHex(bytes));
    }

    /** Each command is answered by one line. */
    private static void tellAndAwait(Running sender, String command) {
        long answers = sender.stdout().lines().count();
        sender.tell(command);
        assertThat(Wait.until(BOUND, () -> sender.stdout().lines().count() > answers))
                .as("sender has obeyed")
                .isTrue();
    }

    private static Running captureDevice() {
        Running capture =
                a.host().spawn("tcpdump", "-n", "-l", "--immediate-mode", "-Q", "in", "-i", "rudder0", "not", "icmp");
        capture.awaitOutput("listening on", BOUND);
        return capture;
    }

    private static Running steadyPing() {
        Running flow = b.host().spawn("ping", "-n", "-i", "0.02", a.overlayAddress());
        flow.awaitOutput("icmp_seq=3", BOUND);
        return flow;
    }

    private static void assertNoLoss(Running flow) {
        flow.interrupt();
        String output = flow.awaitExit(BOUND).stdout();
        Matcher counts =
                Pattern.compile("(\\d+) packets transmitted, (\\d+) received").matcher(output);
        assertThat(counts.find()).as(output).isTrue();
        // The answer to the last request may be under way when ping is told to end.
        assertThat(Integer.parseInt(counts.group(1)) - Integer.parseInt(counts.group(2)))
                .as(output)
                .isLessThanOrEqualTo(1);
    }
}
