package io.rudder.node;

import io.rudder.lease.Lease;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.Peer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What must hold after a simulation, and some of it all the time. */
final class SimulationChecks {
    private final Simulation simulation;

    SimulationChecks(Simulation simulation) {
        this.simulation = simulation;
    }

    /** No subnet has two hosts, and everybody sees the store's peers, as soon as all is quiet. */
    void agreement() {
        List<Lease> leases = leases();
        Set<Ipv4Prefix> owned = new HashSet<>();
        for (SimulatedHost host : simulation.hosts) {
            if (host.carries()) {
                check(owned.add(host.subnet()), () -> "two hosts with the subnet of " + host);
                checkOwner(host);
                checkPeers(host, leases);
            } else if (host.isAlive()) {
                checkThatItHasAReason(host);
            }
        }
    }

    private void checkOwner(SimulatedHost host) {
        Optional<String> owner = simulation
                .store
                .get(host.subnet())
                .flatMap(entry -> Lease.of(entry).attributes().nodeId());
        check(
                owner.equals(Optional.of(host.identity.nodeId())),
                () -> "the store says that " + owner + " owns that of " + host);
    }

    /** A host without a subnet is a clone of one that has one, or is at the address of one. */
    private void checkThatItHasAReason(SimulatedHost host) {
        boolean hasReason = simulation.hosts.stream()
                .anyMatch(other -> other.carries()
                        && (other.identity.nodeId().equals(host.identity.nodeId())
                                || other.identity.publicIp() == host.identity.publicIp()));
        check(hasReason, () -> "without a subnet for no reason: " + host + " " + host.status());
    }

    private static void checkPeers(SimulatedHost host, List<Lease> leases) {
        Map<Ipv4Prefix, Integer> expected = expectedPeers(host, leases);
        Map<Ipv4Prefix, Integer> actual = new TreeMap<>();
        for (Peer peer : host.routes().peers()) {
            actual.put(peer.subnet(), peer.publicIp());
        }
        check(
                actual.equals(expected),
                () -> "peers of " + host + " are " + actual + " instead of " + expected + " " + host.status());
    }

    private static Map<Ipv4Prefix, Integer> expectedPeers(SimulatedHost host, List<Lease> leases) {
        Map<Ipv4Prefix, Integer> expected = new TreeMap<>();
        for (Lease lease : leases) {
            int address = lease.attributes().publicIp();
            boolean isPeer = !lease.isOwnedBy(host.identity.nodeId(), host.identity.publicIp())
                    && address != host.identity.publicIp()
                    && !lease.subnet().overlaps(host.subnet());
            if (isPeer) {
                expected.put(lease.subnet(), address);
            }
        }
        return expected;
    }

    /** Everything in the store that can be a peer. */
    private List<Lease> leases() {
        List<Lease> leases = new ArrayList<>();
        for (RegistryEntry entry : simulation.store.snapshot().entries()) {
            if (entry.subnetElement().isPresent() && !entry.value().isEmpty()) {
                Lease lease = Lease.of(entry);
                if (!Ipv4.isLoopback(lease.attributes().publicIp())) {
                    leases.add(lease);
                }
            }
        }
        leases.sort(Comparator.comparing(Lease::subnet));
        return leases;
    }

    /** A node id has one lease, that of a host that carries it; and no etcd lease lives on without a key. */
    void nothingLeftBehind() {
        Set<String> expected = new HashSet<>();
        simulation.hosts.stream().filter(SimulatedHost::carries).forEach(host -> expected.add(host.identity.nodeId()));
        Set<String> found = new HashSet<>();
        for (RegistryEntry entry : simulation.store.snapshot().entries()) {
            if (entry.value().contains("NodeID")) {
                String nodeId = Lease.of(entry).attributes().nodeId().orElseThrow();
                check(
                        found.add(nodeId),
                        () -> "two leases of node " + nodeId + " in "
                                + simulation.store.snapshot().entries());
            }
        }
        check(found.equals(expected), () -> "nodes with a lease: " + found + " instead of " + expected);
        int grants = simulation.store.grantCount();
        long withEtcdLease = simulation.store.snapshot().entries().stream()
                .filter(entry -> entry.etcdLeaseId() != 0)
                .count();
        check(grants == withEtcdLease, () -> grants + " etcd leases for " + withEtcdLease + " keys");
    }

    /** Nobody but a host with the same node id, or an operator, wrote a key that had an owner. */
    void nobodyOverwroteOthers() {
        Map<String, Optional<String>> ownerByPath = new HashMap<>();
        for (RegistryEvent event : simulation.store.history()) {
            if (event instanceof RegistryEvent.Put put && put.entry().value().contains("NodeID")) {
                Optional<String> owner = Lease.of(put.entry()).attributes().nodeId();
                Optional<String> before = ownerByPath.put(event.path(), owner);
                check(before == null || before.equals(owner), () -> "overwritten: " + event);
            } else if (event instanceof RegistryEvent.Put) {
                ownerByPath.put(event.path(), Optional.empty());
            } else {
                ownerByPath.remove(event.path());
            }
        }
    }

    /** No packet between a host and another one is lost. */
    void reachesEverybody(SimulatedHost host) {
        check(host.carries(), () -> "carries nothing: " + host);
        for (SimulatedHost other : simulation.hosts) {
            if (other != host) {
                checkReach(host, other);
                checkReach(other, host);
            }
        }
    }

    /** The hosts that came first carry what they carried then, whoever came with their node ids. */
    void ownersStayed(List<Ipv4Prefix> owned) {
        for (int number = 0; number < owned.size(); number++) {
            SimulatedHost owner = simulation.hosts.get(number);
            Ipv4Prefix subnet = owned.get(number);
            check(owner.carries() && owner.subnet().equals(subnet), () -> owner + " lost " + subnet + " to a clone");
        }
    }

    private static void checkReach(SimulatedHost from, SimulatedHost to) {
        check(to.carries() && from.routesTo(to), () -> from + " does not reach " + to);
    }

    private static void check(boolean condition, Supplier<String> complaint) {
        if (!condition) {
            throw new AssertionError(complaint.get());
        }
    }
}
