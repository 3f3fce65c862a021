package io.rudder.node;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.control.LoopScope;
import io.rudder.lease.ControlContext;
import io.rudder.lease.FreedSubnets;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseKeeper;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.peer.Peer;
import io.rudder.peer.PeerCache;
import io.rudder.peer.PeerChange;
import io.rudder.peer.PeerWatch;
import io.rudder.peer.RouteTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host's membership once the configuration is known: first the own lease, then the peers, then both for as long as
 * it lasts. What the watch hears of the own key makes the keeper look at it. Owned by the control loop.
 */
final class Membership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);
    // Long enough to make one table of a burst, short enough that nobody notices.
    private static final Duration COALESCING = Duration.ofMillis(10);

    private final RunningConfig config;
    private final ControlPlane.Listener listener;
    private final boolean carriesPackets;
    private final LoopScope scope;
    private final FreedSubnets freed;
    private final LeaseKeeper keeper;
    private final PeerCache cache;
    private final PeerWatch watch;
    private Optional<Lease> lastHeld = Optional.empty();
    private volatile boolean listed;
    private volatile List<Peer> peers = List.of();
    private boolean joined;
    private boolean publishing;

    Membership(ControlContext context, NodeSettings settings, RunningConfig config, ControlPlane.Listener listener) {
        this.config = config;
        this.listener = listener;
        NetworkConfig network = config.get();
        this.carriesPackets = network.backend().type() == Backend.Type.UDP;
        this.scope = new LoopScope(context.loop());
        this.freed = new FreedSubnets(context.loop());
        this.keeper = new LeaseKeeper(context, network, settings.leaseTerms(), freed, new KeeperListener());
        int port = settings.port().orElse(network.backend().port());
        this.cache = new PeerCache(network, port, settings.identity(), context.counters());
        this.watch = new PeerWatch(context, new WatchListener());
    }

    void start() {
        keeper.start();
    }

    void readdress(NodeIdentity identity) {
        cache.self(identity);
        keeper.readdress(identity.publicIp());
    }

    @Override
    public void close() {
        scope.close();
        watch.close();
        keeper.stop();
    }

    /** On any thread. */
    ControlStatus status() {
        return new ControlStatus(
                keeper.status(), watch.status(), config.status(), peers, ControlStatus.Removals.NONE, false);
    }

    private void held(Lease lease) {
        cache.own(Optional.of(lease.subnet()));
        Optional<Lease> before = lastHeld;
        lastHeld = Optional.of(lease);
        if (before.isEmpty()) {
            watch.start();
        } else if (!joined) {
            joinIfReady();
        } else {
            if (!before.get().subnet().equals(lease.subnet())) {
                listener.onLeaseChanged(lease);
            }
            publishAll();
        }
    }

    private void joinIfReady() {
        if (listed && keeper.own().isPresent()) {
            joined = true;
            listener.onJoined(config.get(), keeper.own().get());
            publishAll();
        }
    }

    /** A burst of changes becomes one table. */
    private void publishSoon() {
        if (!publishing) {
            publishing = true;
            scope.schedule(COALESCING, () -> {
                publishing = false;
                if (updatePeers()) {
                    publish(cache.routes());
                }
            });
        }
    }

    private void publishAll() {
        updatePeers();
        publish(cache.routes());
    }

    private void publish(RouteTable routes) {
        peers = routes.peers();
        listener.onRoutes(routes);
    }

    private boolean updatePeers() {
        Optional<PeerChange> change = cache.update();
        change.ifPresent(peers -> {
            log.info("peers: {}", peers);
            freed.add(peers.removed());
        });
        return change.isPresent();
    }

    private void lookAtOwn(RegistrySnapshot snapshot) {
        keeper.own().ifPresent(own -> {
            boolean asKnown = snapshot.entries().stream()
                    .anyMatch(entry -> entry.path().equals(RegistryEntry.subnetPath(own.subnet()))
                            && entry.modRevision() == own.modRevision());
            if (!asKnown) {
                keeper.verify();
            }
        });
    }

    private void lookAtOwn(List<RegistryEvent> events) {
        keeper.own().ifPresent(own -> {
            String path = RegistryEntry.subnetPath(own.subnet());
            boolean changed = events.stream()
                    .anyMatch(event -> event.path().equals(path) && event.modRevision() != own.modRevision());
            if (changed) {
                keeper.verify();
            }
        });
    }

    private void lookAtConfig(List<RegistryEvent> events) {
        for (RegistryEvent event : events) {
            if (event.path().equals(RegistryEntry.CONFIG)) {
                boolean put = event instanceof RegistryEvent.Put;
                config.see(put ? Optional.of(((RegistryEvent.Put) event).entry().value()) : Optional.empty());
            }
        }
    }

    private final class KeeperListener implements LeaseKeeper.Listener {
        @Override
        public void onHeld(Lease lease) {
            held(lease);
        }

        @Override
        public void onLost(Lease lease, boolean taken) {
            if (taken) {
                cache.own(Optional.empty());
            }
            if (taken && joined) {
                publish(RouteTable.EMPTY);
            }
        }

        @Override
        public void onRefused(String message) {
            listener.onRefused(message);
        }
    }

    private final class WatchListener implements PeerWatch.Listener {
        @Override
        public void onSnapshot(RegistrySnapshot snapshot) {
            config.see(snapshot.config());
            if (carriesPackets) {
                cache.replaceAll(snapshot.entries());
            }
            listed = true;
            if (joined) {
                publishSoon();
            } else {
                joinIfReady();
            }
            lookAtOwn(snapshot);
        }

        @Override
        public void onEvents(List<RegistryEvent> events) {
            lookAtConfig(events);
            if (carriesPackets) {
                cache.apply(events);
            }
            if (joined) {
                publishSoon();
            }
            lookAtOwn(events);
        }
    }
}
