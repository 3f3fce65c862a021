package io.rudder.peer;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseAttributes;
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
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
    private NavigableMap<Ipv4Prefix, Candidate> candidates = new TreeMap<>();
    private final Map<String, Complaint> complaints = new HashMap<>();
    private NodeIdentity self;
    private Optional<Ipv4Prefix> own = Optional.empty();

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
        List<RegistryEntry> entries =
                candidates.values().stream().map(Candidate::entry).toList();
        candidates.clear();
        entries.forEach(this::put);
    }

    /** Takes a full list: what is not in it is gone. */
    public void replaceAll(List<RegistryEntry> entries) {
        NavigableMap<Ipv4Prefix, Candidate> before = candidates;
        candidates = new TreeMap<>();
        Set<String> paths = new HashSet<>();
        for (RegistryEntry entry : entries) {
            paths.add(entry.path());
            Candidate known = subnet(entry.path()).map(before::get).orElse(null);
            if (known != null && known.entry().equals(entry)) {
                candidates.put(known.subnet(), known);
            } else {
                put(entry);
            }
        }
        complaints.keySet().retainAll(paths);
    }

    /** Takes changes, in their order. */
    public void apply(List<RegistryEvent> events) {
        for (RegistryEvent event : events) {
            if (event instanceof RegistryEvent.Put put) {
                put(put.entry());
            } else {
                remove(event.path());
                complaints.remove(event.path());
            }
        }
    }

    private void put(RegistryEntry entry) {
        if (entry.subnetElement().isEmpty()) {
            return;
        }
        remove(entry.path());
        try {
            Lease lease = Lease.of(entry);
            if (isOwn(lease)) {
                complaints.remove(entry.path());
                return;
            }
            check(entry, lease);
            candidates.put(lease.subnet(), new Candidate(entry, lease, peer(lease)));
        } catch (IllegalArgumentException invalid) {
            complain(entry.path(), entry.value().hashCode(), invalid.getMessage());
        }
    }

    private void remove(String path) {
        subnet(path).ifPresent(candidates::remove);
    }

    private static Optional<Ipv4Prefix> subnet(String path) {
        return RegistryEntry.subnetElement(path).flatMap(LeaseKey::parse);
    }

    private Peer peer(Lease lease) {
        LeaseAttributes attributes = lease.attributes();
        return Peer.of(lease.subnet(), attributes.publicIp(), port, attributes.nodeId());
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

    /** The peers that the registry has now, in the order of their addresses; none of them overlap. */
    public NavigableMap<Ipv4Prefix, Peer> peers() {
        NavigableMap<Ipv4Prefix, Peer> peers = new TreeMap<>();
        for (Candidate candidate : new OverlapRule(own, this::complainOfOverlap).resolve(candidates)) {
            peers.put(candidate.subnet(), candidate.peer());
            forgetComplaint(candidate);
        }
        return peers;
    }

    private void forgetComplaint(Candidate candidate) {
        if (!complaints.isEmpty()) {
            complaints.remove(candidate.entry().path());
        }
    }

    private void complainOfOverlap(Candidate loser, Ipv4Prefix winner) {
        complain(
                loser.entry().path(),
                loser.entry().value().hashCode(),
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
