package io.rudder.node;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.control.ControlLoop;
import io.rudder.control.LoopScope;
import io.rudder.lease.ControlContext;
import io.rudder.lease.FreedSubnets;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.Peer;
import io.rudder.peer.PeerCache;
import io.rudder.peer.PeerChange;
import io.rudder.peer.RemovalGuard;
import io.rudder.peer.RouteTable;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes route tables of what is heard of the peers: at most one a burst, with removals guarded. Owned by the control
 * loop.
 */
final class PeerRoutes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeerRoutes.class);
    // Long enough to make one table of a burst, short enough that nobody notices; many peers are worth a longer wait.
    private static final Duration COALESCING = Duration.ofMillis(10);
    private static final Duration COALESCING_PER_PEER = Duration.ofNanos(10_000);

    private final Listener listener;
    private final boolean carriesPackets;
    private final LoopScope scope;
    private final FreedSubnets freed;
    private final PeerCache cache;
    private final RemovalGuard guard;
    private Optional<Ipv4Prefix> own = Optional.empty();
    private NavigableMap<Ipv4Prefix, Peer> routed = new TreeMap<>();
    // Whether the cache has what the registry has; before that it says nothing about who is gone.
    private boolean listed;
    private boolean publishing;
    private boolean frozen;
    private boolean listNeeded;
    private ControlLoop.Timer removalTimer = () -> {};
    private volatile List<Peer> published = List.of();
    private volatile ControlStatus.Removals removals = ControlStatus.Removals.NONE;

    PeerRoutes(
            ControlContext context,
            NodeSettings settings,
            NetworkConfig config,
            FreedSubnets freed,
            Listener listener) {
        this.listener = listener;
        this.carriesPackets = config.backend().type() == Backend.Type.UDP;
        this.scope = new LoopScope(context.loop());
        this.freed = freed;
        int port = settings.port().orElse(config.backend().port());
        this.cache = new PeerCache(config, port, settings.identity(), context.counters());
        this.guard = new RemovalGuard(context.loop(), context.counters());
    }

    /** The peers of the last table. On any thread. */
    List<Peer> peers() {
        return published;
    }

    /** Peers that are routed still. On any thread. */
    ControlStatus.Removals removals() {
        return removals;
    }

    void self(NodeIdentity identity) {
        cache.self(identity);
    }

    /** The subnet of this host; without one nothing is routed. */
    void own(Optional<Ipv4Prefix> subnet) {
        own = subnet;
        cache.own(subnet);
    }

    /** Peers of an earlier run, until the first list. */
    void recall(List<Peer> earlier) {
        NavigableMap<Ipv4Prefix, Peer> recalled = new TreeMap<>();
        earlier.forEach(peer -> recalled.put(peer.subnet(), peer));
        routed = guard.route(recalled, own);
    }

    /** The store is not the one that it was. */
    void replaced() {
        guard.storeReplaced();
    }

    void take(RegistrySnapshot snapshot) {
        if (carriesPackets) {
            cache.replaceAll(snapshot.entries());
        }
        listed = true;
        listNeeded = false;
        guard.listed();
    }

    void take(List<RegistryEvent> events) {
        if (carriesPackets) {
            cache.apply(events);
        }
    }

    /** No table until {@link #thaw}: whether the host may still carry its subnet is being found out. */
    void freeze() {
        frozen = true;
    }

    void thaw() {
        if (frozen) {
            frozen = false;
            publishSoon();
        }
    }

    /** A table of this moment, though nothing changed. */
    void publishNow() {
        update();
        publish();
    }

    /** Nothing is carried: the table is empty. */
    void publishNothing() {
        published = List.of();
        listener.onRoutes(RouteTable.EMPTY);
    }

    /** A burst of changes becomes one table. */
    void publishSoon() {
        publishAfter(COALESCING.plus(COALESCING_PER_PEER.multipliedBy(routed.size())));
    }

    private void publishAfter(Duration delay) {
        if (!publishing) {
            publishing = true;
            scope.schedule(delay, () -> {
                publishing = false;
                if (!frozen && update()) {
                    publish();
                }
            });
        }
    }

    private void publish() {
        RouteTable table =
                own.map(subnet -> RouteTable.of(subnet, routed.values())).orElse(RouteTable.EMPTY);
        published = table.peers();
        listener.onRoutes(table);
    }

    private boolean update() {
        if (!listed) {
            return false;
        }
        NavigableMap<Ipv4Prefix, Peer> before = routed;
        routed = guard.route(cache.peers(), own);
        Optional<PeerChange> change = PeerChange.between(before, routed);
        change.ifPresent(peers -> {
            log.info("peers: {}", peers);
            freed.add(peers.removed());
        });
        noteRemovals();
        return change.isPresent();
    }

    private void noteRemovals() {
        removals = new ControlStatus.Removals(guard.lingering(), guard.held());
        if (guard.needsList() && !listNeeded) {
            listNeeded = true;
            listener.onListNeeded();
        }
        guard.untilNext().ifPresent(this::lookAgainAfter);
    }

    private void lookAgainAfter(Duration delay) {
        removalTimer.cancel();
        removalTimer = scope.schedule(delay, () -> {
            if (!frozen && update()) {
                publish();
            }
        });
    }

    @Override
    public void close() {
        scope.close();
    }

    /** Hears what comes of it, on the control loop. */
    interface Listener {
        void onRoutes(RouteTable routes);

        /** Removals wait for a full list to confirm them. */
        void onListNeeded();
    }
}
