package io.rudder.lease.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryException;
import io.rudder.lease.source.PeerList.Host;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.node.ControlPlane;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;
import io.rudder.testing.LogLines;
import io.rudder.testing.TestNode;
import io.rudder.testing.VirtualLoop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes on leases that come from elsewhere than etcd. */
class LeaseSourcesTest {
    private static final Duration SOON = Duration.ofSeconds(3);

    private final LogLines log = new LogLines(Level.INFO);
    private final VirtualLoop loop = new VirtualLoop();

    @TempDir
    private Path folder;

    @AfterEach
    void restoreLog() {
        log.close();
    }

    /** A node that follows a source. */
    private final class Node implements ControlPlane.Listener {
        private final LeaseRegistry registry;
        private final ControlPlane plane;
        private final List<Ipv4Prefix> changedTo = new ArrayList<>();
        private RouteTable routes = RouteTable.EMPTY;
        private String refusal = "";

        Node(LeaseSource source, int number) {
            registry = source.open(loop);
            plane = new ControlPlane(
                    registry, loop, TestNode.settings(number, "198.51.100." + number), new Counters(), this);
            plane.start();
            loop.run(SOON);
        }

        @Override
        public void onJoined(NetworkConfig config, Lease own) {}

        @Override
        public void onRoutes(RouteTable table) {
            routes = table;
        }

        @Override
        public void onLeaseChanged(Lease own) {
            changedTo.add(own.subnet());
        }

        @Override
        public void onRefused(String message) {
            refusal = message;
        }

        String subnet() {
            return routes.own().map(Ipv4Prefix::toString).orElse("none");
        }

        List<String> peers() {
            return routes.peers().stream()
                    .map(peer -> peer.subnet() + " " + Ipv4.format(peer.publicIp()) + ":"
                            + peer.endpoint().getPort())
                    .sorted()
                    .toList();
        }

        void stop() {
            plane.stop();
            registry.close();
        }
    }

    @Test
    void nodesTakeTheirPlacesInAList() {
        StaticLeases source = new StaticLeases(PeerList.of(
                "10.5.0.0/16", Host.of("10.5.34.0/24", "198.51.100.7"), Host.of("10.5.71.0/26", "198.51.100.8")));
        Node seven = new Node(source, 7);
        Node eight = new Node(source, 8);
        assertThat(seven.subnet()).isEqualTo("10.5.34.0/24");
        assertThat(seven.peers()).containsExactly("10.5.71.0/26 198.51.100.8:8285");
        assertThat(eight.subnet()).isEqualTo("10.5.71.0/26");
        assertThat(eight.peers()).containsExactly("10.5.34.0/24 198.51.100.7:8285");
        assertThat(log.lines()).noneMatch(line -> line.contains("etcd"));
    }

    @Test
    void nodesHearOfAChangedList() {
        Host seven = Host.of("10.5.34.0/24", "198.51.100.7");
        StaticLeases source = new StaticLeases(PeerList.of("10.5.0.0/16", seven));
        Node node = new Node(source, 7);
        assertThat(node.peers()).isEmpty();
        source.update(PeerList.of("10.5.0.0/16", seven, Host.of("10.5.1.0/24", "198.51.100.1")));
        loop.run(SOON);
        assertThat(node.peers()).containsExactly("10.5.1.0/24 198.51.100.1:8285");
        source.update(PeerList.of("10.5.0.0/16", seven, Host.of("10.5.1.0/24", "198.51.100.9")));
        loop.run(SOON);
        assertThat(node.peers()).containsExactly("10.5.1.0/24 198.51.100.9:8285");
    }

    @Test
    void aNodeThatIsNotListedWaitsUntilItIs() throws Exception {
        Path file = Files.writeString(folder.resolve("peers"), "network 10.5.0.0/16\n10.5.1.0/24 198.51.100.1\n");
        Node node = new Node(new PeersFile(file), 7);
        assertThat(node.refusal).isEmpty();
        assertThat(node.subnet()).isEqualTo("none");
        assertThat(log.lines())
                .anyMatch(
                        line -> line.contains("no subnet for this host's address in " + file + " (add a line like: "));
        Files.writeString(file, "network 10.5.0.0/16\n10.5.1.0/24 198.51.100.1\n10.5.34.0/24 198.51.100.7\n");
        loop.run(Duration.ofSeconds(20));
        assertThat(node.subnet()).isEqualTo("10.5.34.0/24");
        node.stop();
    }

    @Test
    void aFileIsReadAgainWhenItChanges() throws Exception {
        String head = "network 10.5.0.0/16\nport 9000\n10.5.34.0/24 198.51.100.7\n";
        Path file = Files.writeString(folder.resolve("peers"), head);
        Node node = new Node(new PeersFile(file), 7);
        Files.writeString(file, head + "10.5.1.0/24 198.51.100.1\n");
        loop.run(SOON);
        assertThat(node.peers()).containsExactly("10.5.1.0/24 198.51.100.1:9000");

        Files.writeString(file, head + "10.5.1.0/24 198.51.100.300\n");
        loop.run(SOON);
        assertThat(node.peers()).containsExactly("10.5.1.0/24 198.51.100.1:9000");
        assertThat(log.lines())
                .filteredOn(line -> line.contains(file + ": line 4: '198.51.100.300' is not an IPv4 address"
                        + " (expected a.b.c.d); the earlier list holds"))
                .hasSize(1);

        Files.delete(file);
        loop.run(SOON);
        assertThat(node.peers()).hasSize(1);
        assertThat(log.lines())
                .anyMatch(line -> line.contains(file + ": there is no such file; the earlier list holds"));

        Files.writeString(file, head);
        loop.run(SOON);
        assertThat(node.peers()).isEmpty();
        node.stop();
        Files.writeString(file, head + "10.5.2.0/24 198.51.100.2\n");
        loop.run(SOON);
        assertThat(node.peers()).isEmpty();
    }

    @Test
    void aFileThatIsNoListCannotBeOpened() throws Exception {
        PeersFile absent = new PeersFile(folder.resolve("absent"));
        assertThatThrownBy(() -> absent.open(loop))
                .isInstanceOf(RegistryException.class)
                .hasMessage(folder.resolve("absent") + ": there is no such file");
        Path file = Files.write(folder.resolve("peers"), "network \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> new PeersFile(file).open(loop)).hasMessage(file + ": not UTF-8 text");
        assertThatThrownBy(() -> new PeersFile(folder).open(loop))
                .hasMessage(folder + ": cannot be read (IOException)");
    }

    @Test
    void nodesOfOneProcessLeaseInMemory() {
        MemoryLeases source = new MemoryLeases("{\"Network\":\"10.5.0.0/24\",\"SubnetLen\":26}");
        source.reserve(Ipv4Prefix.parse("10.5.0.64/26"), Ipv4.parse("198.51.100.8"));
        Node seven = new Node(source, 7);
        Node eight = new Node(source, 8);
        Node nine = new Node(source, 9);
        assertThat(eight.subnet()).isEqualTo("10.5.0.64/26");
        assertThat(List.of(seven.subnet(), nine.subnet()))
                .doesNotHaveDuplicates()
                .doesNotContain("none", "10.5.0.64/26");
        assertThat(seven.peers()).hasSize(2);
        seven.stop();
        Node again = new Node(source, 7);
        assertThat(again.subnet()).isEqualTo(seven.subnet());

        source.delete(Ipv4Prefix.parse(nine.subnet()));
        loop.run(SOON);
        assertThat(nine.subnet()).isNotEqualTo("none");
        assertThat(source.snapshot().entries()).hasSize(4);
    }

    @Test
    void aWatchThatComesTooLateIsToldToListAgain() {
        MemoryLeases source = new MemoryLeases("{\"Network\":\"10.0.0.0/8\"}");
        Node node = new Node(source, 7);
        for (int i = 0; i < 3000; i++) {
            source.reserve(new Ipv4Prefix(0x0a100000 + (i << 8), 24), 0xcb007100 + i);
        }
        loop.run(SOON);
        assertThat(node.peers()).hasSize(3000);
        Node late = new Node(source, 8);
        assertThat(late.peers()).hasSize(3001);
    }
}
