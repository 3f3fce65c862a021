package io.rudder.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.lease.Lease;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeasePolicy;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.testing.MemoryRegistry.Fate;
import io.rudder.testing.MemoryRegistry.Verb;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.MemoryWatch;
import io.rudder.testing.TestNode;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A few nodes, one store, one clock, and faults drawn from a seed: the same seed gives the same run. In the end the
 * faults stop, and when all has become quiet the nodes must agree with the store.
 */
final class Simulation {
    private static final Duration TIME_TO_LIVE = Duration.ofHours(1);
    // Silence of a watch, its restart, and a backoff on top.
    private static final Duration CALM = Duration.ofSeconds(60);
    // The hourly list, and the end of whatever etcd lease was left behind.
    private static final Duration QUIET = Duration.ofMinutes(80);
    private static final int NODES = 5;
    private static final int ACTIONS = 120;
    private static final int MAX_FOREIGN = 4;

    private final SplittableRandom random;
    private final VirtualLoop loop = new VirtualLoop();
    private final MemoryStore store = new MemoryStore(loop);
    private final TestNode[] nodes = new TestNode[NODES];
    private final boolean[] alive = new boolean[NODES];
    // Only the hourly list finds the loss of some events: such runs cannot be held to a minute.
    private final boolean losesEvents;
    private boolean faulty = true;

    Simulation(long seed) {
        random = new SplittableRandom(seed);
        losesEvents = seed % 4 == 0;
        store.putConfig("{\"Network\":\"10.0.0.0/20\"}");
    }

    void run() {
        for (int i = 0; i < NODES; i++) {
            restart(i);
        }
        for (int i = 0; i < ACTIONS; i++) {
            act();
            loop.run(Duration.ofMillis((long) Math.exp(random.nextDouble(0, Math.log(900_000)))));
        }
        calmDown();
        lastStrike();
        loop.run(CALM);
        if (!losesEvents) {
            checkThatNodesAgreeWithTheStore();
        }
        loop.run(QUIET);
        checkThatNodesAgreeWithTheStore();
        checkThatNothingIsLeftBehind();
        checkThatNobodyOverwroteOthers();
    }

    private void act() {
        int node = random.nextInt(NODES);
        switch (random.nextInt(15)) {
            case 0, 1 -> restart(node);
            case 2 -> kill(node);
            case 3 -> nodes[node].registry.down(true);
            case 4, 5 -> nodes[node].registry.down(false);
            case 6 -> nodes[node].registry.cutWatches();
            case 7 -> nodes[node].registry.watches().forEach(MemoryWatch::stall);
            case 8 -> loseEvents(node);
            case 9 -> nodes[node].registry.watches().forEach(watch -> watch.repeat(0, random.nextInt(1, 100)));
            case 10 -> store.compact();
            case 11 -> deleteAnyKey();
            case 12 -> revokeAnyLease();
            case 13 -> putForeignLease();
            case 14 -> overwriteAnyKey();
            default -> throw new AssertionError();
        }
    }

    private void restart(int number) {
        kill(number);
        // One time in four at another address.
        int host = 1 + number + 10 * (random.nextInt(4) == 0 ? random.nextInt(20) : 0);
        Optional<Ipv4Prefix> previous = random.nextBoolean()
                ? Optional.of(new Ipv4Prefix(Ipv4.parse("10.0." + random.nextInt(16) + ".0"), 24))
                : Optional.empty();
        NodeSettings settings = new NodeSettings(
                new NodeIdentity(TestNode.id(number), Ipv4.parse("198.51.100." + host)),
                OptionalInt.empty(),
                previous,
                new LeasePolicy(TIME_TO_LIVE, Duration.ofMinutes(10), false, LeasePolicy.OnLost.FENCE),
                "/coreos.com/network");
        nodes[number] = new TestNode(loop, store, settings, random.nextLong());
        nodes[number].registry.fates(this::fate);
        nodes[number].registry.latency(() -> Duration.ofNanos(random.nextLong(50_000_000)));
        nodes[number].start();
        alive[number] = true;
    }

    private void kill(int number) {
        if (nodes[number] != null) {
            nodes[number].stop();
            alive[number] = false;
        }
    }

    private Fate fate(Verb verb) {
        boolean spoiled = faulty && random.nextInt(10) == 0;
        return spoiled ? Fate.values()[random.nextInt(Fate.values().length)] : Fate.ANSWERED;
    }

    private List<RegistryEntry> leases() {
        return store.snapshot().entries().stream()
                .filter(entry -> entry.subnetElement().isPresent())
                .toList();
    }

    private void deleteAnyKey() {
        List<RegistryEntry> leases = leases();
        if (!leases.isEmpty()) {
            store.delete(leases.get(random.nextInt(leases.size())).path());
        }
    }

    private void loseEvents(int node) {
        if (losesEvents) {
            nodes[node].registry.watches().forEach(MemoryWatch::loseEvents);
        }
    }

    private void overwriteAnyKey() {
        List<RegistryEntry> leases = leases();
        if (!leases.isEmpty() && foreignCount() < MAX_FOREIGN) {
            RegistryEntry victim = leases.get(random.nextInt(leases.size()));
            store.put(victim.path(), "{\"PublicIP\":\"203.0.113.99\"}");
        }
    }

    private long foreignCount() {
        return leases().stream().filter(entry -> entry.etcdLeaseId() == 0).count();
    }

    private void revokeAnyLease() {
        List<RegistryEntry> leases = leases();
        if (!leases.isEmpty()) {
            store.revoke(leases.get(random.nextInt(leases.size())).etcdLeaseId());
        }
    }

    private void putForeignLease() {
        int third = random.nextInt(16);
        boolean free = store.get(Ipv4Prefix.parse("10.0." + third + ".0/24")).isEmpty();
        if (free && foreignCount() < MAX_FOREIGN) {
            String[] values = {"{\"PublicIP\":\"203.0.113." + third + "\"}", "{\"PublicIP\":\"127.0.0.1\"}", "nonsense"
            };
            store.putLease("10.0." + third + ".0/24", values[random.nextInt(values.length)]);
        }
    }

    private void calmDown() {
        faulty = false;
        for (TestNode node : nodes) {
            node.registry.down(false);
        }
    }

    /** Nothing comes after it that would heal by chance what it breaks. */
    private void lastStrike() {
        loop.run(Duration.ofSeconds(20));
        for (TestNode node : nodes) {
            boolean stalls = random.nextBoolean();
            node.registry.watches().forEach(watch -> {
                if (stalls) {
                    watch.stall();
                } else {
                    watch.repeat(0, random.nextInt(1, 100));
                }
            });
        }
        deleteAnyKey();
        putForeignLease();
    }

    private void checkThatNodesAgreeWithTheStore() {
        Map<String, String> owners = validLeases();
        List<String> owned = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            if (alive[i]) {
                owned.add(nodes[i].subnet());
                checkNode(i, owners);
            }
        }
        assertThat(owned).as("own subnets").doesNotHaveDuplicates().doesNotContain("");
    }

    private void checkThatNothingIsLeftBehind() {
        List<String> aliveIds = IntStream.range(0, NODES)
                .filter(i -> alive[i])
                .mapToObj(TestNode::id)
                .toList();
        assertThat(nodeIds()).as("node ids with a lease").containsExactlyInAnyOrderElementsOf(aliveIds);
        assertThat(store.grantCount()).as("etcd leases").isEqualTo(aliveIds.size());
    }

    private void checkNode(int number, Map<String, String> owners) {
        TestNode node = nodes[number];
        assertThat(node.refusals).as("refusals of node %d", number).isEmpty();
        assertThat(node.hasJoined()).as("node %d has joined", number).isTrue();
        Optional<RegistryEntry> entry = store.get(Ipv4Prefix.parse(node.subnet()));
        assertThat(entry.flatMap(found -> Lease.of(found).attributes().nodeId()))
                .as("owner in the store of %s, which node %d has", node.subnet(), number)
                .contains(TestNode.id(number));
        Map<String, String> others = new TreeMap<>(owners);
        others.remove(node.subnet());
        assertThat(node.peers()).as("peers of node %d", number).isEqualTo(others);
    }

    /** Subnet to public address, for all entries that are a lease a peer could have. */
    private Map<String, String> validLeases() {
        return leases().stream()
                .filter(entry ->
                        entry.value().contains("198.51.100.") || entry.value().contains("203.0.113."))
                .map(Lease::of)
                .collect(Collectors.toMap(
                        lease -> lease.subnet().toString(),
                        lease -> Ipv4.format(lease.attributes().publicIp())));
    }

    private List<String> nodeIds() {
        return leases().stream()
                .filter(entry -> entry.value().contains("NodeID"))
                .map(entry -> Lease.of(entry).attributes().nodeId().orElseThrow())
                .toList();
    }

    private void checkThatNobodyOverwroteOthers() {
        Map<String, Optional<String>> nodeIdByPath = new HashMap<>();
        for (RegistryEvent event : store.history()) {
            if (event instanceof RegistryEvent.Put put && put.entry().value().contains("NodeID")) {
                Optional<String> nodeId =
                        LeaseAttributes.parse(put.entry().value()).nodeId();
                Optional<String> before = nodeIdByPath.put(event.path(), nodeId);
                assertThat(before == null || before.equals(nodeId))
                        .as("%s overwritten", event)
                        .isTrue();
            } else if (event instanceof RegistryEvent.Put) {
                nodeIdByPath.put(event.path(), Optional.empty());
            } else {
                nodeIdByPath.remove(event.path());
            }
        }
    }
}
