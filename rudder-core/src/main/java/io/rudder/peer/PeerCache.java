package io.rudder.peer;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseKey;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the registry's entries into peers. Anybody may have written an entry: one that is no valid lease is warned
 * about and counted once a value, and its key has no peer. No input and output of its own; owned by the control loop.
 */
public final class PeerCache {
    private static final Logger log = LoggerFactory.getLogger(PeerCache.class);
    private static final int BROADCAST = -1;
    private static final int MAX_LOGGED_LENGTH = 200;

    private final NetworkConfig config;
    private final int port;
    private final Counters counters;
    // Leases that are valid by themselves; two of them may overlap.
    private final Map<String, Lease> candidates = new HashMap<>();
    private final Map<String, Complaint> complaints = new HashMap<>();
    private NodeIdentity self;
    private Optional<Ipv4Prefix> own = Optional.empty();
    private Map<Ipv4Prefix, Peer> peers = Map.of();

    /**
     * An empty cache.
     *
     * @param port the UDP port of all peers
     * @param self whose own leases are never peers
     */
    public PeerCache(NetworkConfig config, int port, NodeIdentity self, Counters counters) {
        this.config = config;
        this.port = port;
        this.self = self;
        this.counters = counters;
    }

    /** Sets the subnet of this host, which no peer may overlap; empty while it has none. */
    public void own(Optional<Ipv4Prefix> subnet) {
        own = subnet;
    }

    /** This host is somebody else now: it has another address. */
    public void self(NodeIdentity identity) {
        self = identity;
    }

    /** Takes a full list: what is not in it is gone. */
    public void replaceAll(List<RegistryEntry> entries) {
        Set<String> paths = new HashSet<>();
        entries.forEach(entry -> paths.add(entry.path()));
        candidates.keySet().retainAll(paths);
        complaints.keySet().retainAll(paths);
        entries.forEach(this::put);
    }

    /** Takes changes, in their order. */
    public void apply(List<RegistryEvent> events) {
        for (RegistryEvent event : events) {
            if (event instanceof RegistryEvent.Put put) {
                put(put.entry());
            } else {
                candidates.remove(event.path());
                complaints.remove(event.path());
            }
        }
    }

    private void put(RegistryEntry entry) {
        if (entry.subnetElement().isEmpty()) {
            return;
        }
        candidates.remove(entry.path());
        try {
            Lease lease = Lease.of(entry);
            if (isOwn(lease)) {
                complaints.remove(entry.path());
                return;
            }
            check(entry, lease);
            candidates.put(entry.path(), lease);
        } catch (IllegalArgumentException invalid) {
            complain(entry.path(), entry.value().hashCode(), invalid.getMessage());
        }
    }

    private boolean isOwn(Lease lease) {
        return lease.isOwnedBy(self.nodeId(), self.publicIp());
    }

    private void check(RegistryEntry entry, Lease lease) {
        require(
                entry.path().equals(RegistryEntry.subnetPath(lease.subnet())),
                "key is not in its plain form " + LeaseKey.of(lease.subnet()));
        require(config.network().contains(lease.subnet()), "subnet is outside Network " + config.network());
        checkPublicIp(lease.attributes().publicIp());
        lease.attributes()
                .backendType()
                .ifPresent(type -> require(
                        type.equalsIgnoreCase(Backend.Type.UDP.name()),
                        "BackendType is " + type + ", not "
                                + Backend.Type.UDP.name().toLowerCase(Locale.ROOT)));
    }

    private void checkPublicIp(int address) {
        String name = "PublicIP " + Ipv4.format(address);
        require(address != 0, name + " is no host's address");
        // Hosts that share a loopback interface are nodes of one process, or of one test.
        require(!Ipv4.isLoopback(address) || Ipv4.isLoopback(self.publicIp()), name + " is a loopback address");
        require(!Ipv4.isMulticast(address), name + " is a multicast address");
        require(address != BROADCAST, name + " is the broadcast address");
        require(!config.network().contains(address), name + " is inside Network " + config.network());
        require(address != self.publicIp(), name + " is this host's own address");
    }

    private static void require(boolean condition, String complaint) {
        if (!condition) {
            throw new IllegalArgumentException(complaint);
        }
    }

    /** What changed since the last call, seen from the data path; empty if nothing did. */
    public Optional<PeerChange> update() {
        Map<Ipv4Prefix, Peer> now = new HashMap<>();
        for (Lease lease : new OverlapRule(own, this::complainOfOverlap).resolve(candidates.values())) {
            Peer peer = Peer.of(
                    lease.subnet(),
                    lease.attributes().publicIp(),
                    port,
                    lease.attributes().nodeId());
            now.put(lease.subnet(), peer);
            complaints.remove(RegistryEntry.subnetPath(lease.subnet()));
        }
        Optional<PeerChange> change = PeerChange.between(peers, now);
        peers = now;
        return change;
    }

    /** The peers as of the last {@link #update}, as a table for the data path; no routes without an own subnet. */
    public RouteTable routes() {
        return own.map(subnet -> RouteTable.of(subnet, peers.values())).orElse(RouteTable.EMPTY);
    }

    private void complainOfOverlap(Lease lease, Ipv4Prefix winner) {
        complain(
                RegistryEntry.subnetPath(lease.subnet()),
                lease.attributes().hashCode(),
                own.filter(winner::equals).isPresent() ? "overlaps the own " + winner : "overlaps the older " + winner);
    }

    private void complain(String path, int valueHash, String reason) {
        Complaint complaint = new Complaint(reason, valueHash);
        if (!complaint.equals(complaints.put(path, complaint))) {
            counters.increment(Counter.REGISTRY_INVALID_ENTRIES);
            log.warn("ignoring {}: {}", printable(path), printable(reason));
        }
    }

    /** Keys and values may hold anything; a log line may not. */
    private static String printable(String text) {
        String shown = text.length() > MAX_LOGGED_LENGTH ? text.substring(0, MAX_LOGGED_LENGTH) + "..." : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }

    /** What was complained about once; the value's hash stands for the value. */
    private record Complaint(String reason, int valueHash) {}
}
