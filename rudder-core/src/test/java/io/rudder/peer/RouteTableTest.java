package io.rudder.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private static final Ipv4Prefix OWN = Ipv4Prefix.parse("10.0.34.0/24");

    private static Peer peer(String subnet, String publicIp) {
        return Peer.of(Ipv4Prefix.parse(subnet), Ipv4.parse(publicIp), 8285);
    }

    private static Peer find(RouteTable table, String address) {
        return table.lookup(Ipv4.parse(address));
    }

    @Test
    void theEmptyTableHoldsNothing() {
        assertThat(RouteTable.EMPTY.own()).isEmpty();
        assertThat(RouteTable.EMPTY.peers()).isEmpty();
        assertThat(RouteTable.EMPTY.peerAt(0)).isNull();
        for (int address : new int[] {0, 1, -1, OWN.first()}) {
            assertThat(RouteTable.EMPTY.lookup(address)).isNull();
            assertThat(RouteTable.EMPTY.ownContains(address)).isFalse();
        }
    }

    @Test
    void onePeerAnswersForItsSubnetOnly() {
        Peer only = peer("10.0.35.0/24", "198.51.100.2");
        RouteTable table = RouteTable.of(OWN, List.of(only));

        assertThat(find(table, "10.0.34.255")).isNull();
        assertThat(find(table, "10.0.35.0")).isSameAs(only);
        assertThat(find(table, "10.0.35.255")).isSameAs(only);
        assertThat(find(table, "10.0.36.0")).isNull();
        assertThat(table.peerAt(only.publicIp())).isEqualTo(only);
        assertThat(table.peerAt(only.publicIp() + 1)).isNull();
        assertThat(only.endpoint()).hasToString("/198.51.100.2:8285");
    }

    @ParameterizedTest
    @CsvSource({"10.0.34.0/24", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "255.255.255.255/32", "0.0.0.1/32"})
    void theOwnSubnetEndsWhereItEnds(String text) {
        Ipv4Prefix own = Ipv4Prefix.parse(text);
        RouteTable table = RouteTable.of(own, List.of());

        assertThat(table.own()).contains(own);
        for (int address : new int[] {own.first(), own.last(), own.first() - 1, own.last() + 1, 0, 1, -1}) {
            assertThat(table.ownContains(address)).isEqualTo(own.contains(address));
        }
    }

    @Test
    void theLongestPrefixWins() {
        Peer everything = peer("0.0.0.0/0", "198.51.100.1");
        Peer block = peer("10.0.32.0/20", "198.51.100.2");
        Peer one = peer("10.0.35.7/32", "198.51.100.3");
        RouteTable table = RouteTable.of(OWN, List.of(everything, one, block));

        assertThat(find(table, "10.0.35.7")).isSameAs(one);
        assertThat(find(table, "10.0.35.8")).isSameAs(block);
        assertThat(find(table, "10.0.48.0")).isSameAs(everything);
        assertThat(find(table, "0.0.0.0")).isSameAs(everything);
        assertThat(find(table, "255.255.255.255")).isSameAs(everything);
    }

    @Test
    void aTableDoesNotChangeWithTheCollectionThatItWasMadeFrom() {
        List<Peer> peers = new ArrayList<>(List.of(peer("10.0.35.0/24", "198.51.100.2")));
        RouteTable table = RouteTable.of(OWN, peers);
        peers.clear();

        assertThat(table.peers()).hasSize(1);
        assertThat(find(table, "10.0.35.1")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 50, 500, 10_000})
    void agreesWithALinearScanOnMixedLengths(int size) {
        long seed = 1;
        Random random = new Random(seed);
        List<Peer> peers = randomPeers(random, size);
        RouteTable table = RouteTable.of(OWN, peers);
        for (int address : probes(random, peers, 5_000)) {
            assertThat(table.lookup(address))
                    .as("seed %d, %s", seed, Ipv4.format(address))
                    .isSameAs(scan(peers, address));
        }
        for (int publicIp : probes(random, peers, 200)) {
            boolean known = peers.stream().anyMatch(peer -> peer.publicIp() == publicIp);
            assertThat(table.peerAt(publicIp) != null).as("seed %d", seed).isEqualTo(known);
        }
        assertThat(peers).allMatch(peer -> table.peerAt(peer.publicIp()).publicIp() == peer.publicIp());
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 18, 24, 30, 32})
    void findsEachOfTenThousandNeighbours(int length) {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Ipv4Prefix subnet = new Ipv4Prefix(0x0a000000 + (i << 32 - length), length);
            peers.add(Peer.of(subnet, 0xc6336400 + i, 8285));
        }
        RouteTable table = RouteTable.of(OWN, peers);

        for (Peer peer : peers) {
            assertThat(table.lookup(peer.subnet().first())).isSameAs(peer);
            assertThat(table.lookup(peer.subnet().last())).isSameAs(peer);
        }
        assertThat(table.lookup(0x0a000000 - 1)).isNull();
        assertThat(table.lookup(0x0a000000 + (10_000 << 32 - length))).isNull();
    }

    @Test
    void theDataPathsQuestionsAllocateNothing() {
        RouteTable table = RouteTable.of(OWN, randomPeers(new Random(1), 1_000));
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int found = ask(table); // loads what is loaded once
        long before = thread.getCurrentThreadAllocatedBytes();
        found += ask(table);
        long allocatedBytes = thread.getCurrentThreadAllocatedBytes() - before;

        assertThat(found).isPositive();
        assertThat(allocatedBytes).as("bytes for 300,000 questions").isLessThan(10_000);
    }

    private static int ask(RouteTable table) {
        int found = 0;
        for (int i = 0; i < 100_000; i++) {
            int address = 0x0a000000 + i;
            found += table.lookup(address) != null ? 1 : 0;
            found += table.ownContains(address) ? 1 : 0;
            found += table.peerAt(address) != null ? 1 : 0;
        }
        return found;
    }

    private static List<Peer> randomPeers(Random random, int size) {
        TreeMap<Ipv4Prefix, Peer> peers = new TreeMap<>();
        while (peers.size() < size) {
            int address = random.nextBoolean() ? random.nextInt() : 0x0a000000 | random.nextInt(1 << 16);
            int length = random.nextInt(20) == 0 ? random.nextInt(33) : 16 + random.nextInt(17);
            Ipv4Prefix subnet = Ipv4Prefix.containing(address, length);
            peers.put(subnet, Peer.of(subnet, random.nextInt(), 8285));
        }
        return List.copyOf(peers.values());
    }

    private static int[] probes(Random random, List<Peer> peers, int count) {
        return random.ints(count)
                .map(any -> {
                    if (peers.isEmpty() || random.nextInt(4) == 0) {
                        return any;
                    }
                    Ipv4Prefix near = peers.get(random.nextInt(peers.size())).subnet();
                    return (random.nextBoolean() ? near.first() : near.last()) + random.nextInt(3) - 1;
                })
                .toArray();
    }

    private static Peer scan(Collection<Peer> peers, int address) {
        return peers.stream()
                .filter(peer -> peer.subnet().contains(address))
                .max(Comparator.comparingInt(peer -> peer.subnet().length()))
                .orElse(null);
    }
}
