package io.rudder.node;

import io.rudder.control.LoopScope;
import io.rudder.control.PauseWatch;
import io.rudder.lease.ControlContext;
import io.rudder.lease.FreedSubnets;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseKeeper;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.peer.PeerWatch;
import io.rudder.peer.RouteTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host's membership once the configuration is known: first the own lease, then the peers, then both for as long as
 * it lasts. What the watch hears of the own key makes the keeper look at it. Owned by the control loop.
 */
final class Membership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    private final RunningConfig config;
    private final ControlPlane.Listener listener;
    private final LoopScope scope;
    private final LeaseKeeper keeper;
    private final PeerRoutes routes;
    private final PeerWatch watch;
    private final PauseWatch pauses;
    private Optional<Lease> lastHeld = Optional.empty();
    private boolean joined;
    private boolean listed;
    private volatile boolean stale;

    Membership(ControlContext context, NodeSettings settings, RunningConfig config, ControlPlane.Listener listener) {
        this.config = config;
        this.listener = listener;
        this.scope = new LoopScope(context.loop());
        FreedSubnets freed = new FreedSubnets(context.loop());
        this.keeper = new LeaseKeeper(context, config.get(), settings.leaseTerms(), freed, new KeeperListener());
        this.routes = new PeerRoutes(context, settings, config.get(), freed, new RoutesListener());
        this.watch = new PeerWatch(context, new WatchListener());
        this.pauses = new PauseWatch(context.loop(), this::paused);
    }

    void start() {
        keeper.start();
        pauses.start();
    }

    /** Carries on where an earlier run ended, before the registry is heard of. */
    void resume(SavedState earlier, NodeIdentity self) {
        Lease lease = earlier.lease(self);
        log.warn(
                "etcd does not answer: carrying {} and {} peers as saved at {}, stale until it does",
                lease.subnet(),
                earlier.peers().size(),
                earlier.confirmedAt());
        stale = true;
        joined = true;
        lastHeld = Optional.of(lease);
        routes.own(Optional.of(lease.subnet()));
        routes.recall(earlier.peers());
        listener.onJoined(config.get(), lease);
        routes.publishNow();
        keeper.resume(lease, earlier.confirmedAt());
        watch.start();
        pauses.start();
    }

    void readdress(NodeIdentity identity) {
        routes.self(identity);
        keeper.readdress(identity.publicIp());
    }

    @Override
    public void close() {
        endWatching();
        keeper.stop();
    }

    /** Ends and gives the lease back. */
    CompletableFuture<Void> release() {
        endWatching();
        return keeper.release();
    }

    private void endWatching() {
        scope.close();
        watch.close();
        routes.close();
        pauses.close();
    }

    /** On any thread. */
    ControlStatus status() {
        return new ControlStatus(
                keeper.status(), watch.status(), config.status(), routes.peers(), routes.removals(), stale);
    }

    private void held(Lease lease) {
        routes.thaw();
        routes.own(Optional.of(lease.subnet()));
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
            routes.publishNow();
        }
    }

    private void joinIfReady() {
        if (listed && keeper.own().isPresent()) {
            joined = true;
            listener.onJoined(config.get(), keeper.own().get());
            routes.publishNow();
        }
    }

    /** Meanwhile somebody else may have been given the subnet: nothing new is carried before that is known. */
    private void paused(Duration duration) {
        log.warn("this host stood still, or its clock was moved, for {} s: looking at the lease", duration.toSeconds());
        if (keeper.own().isPresent()) {
            routes.freeze();
            keeper.verify();
        }
    }

    private void lookAtOwn(RegistrySnapshot snapshot) {
        keeper.own().ifPresent(own -> {
            boolean asKnown = false;
            String path = RegistryEntry.subnetPath(own.subnet());
            for (RegistryEntry entry : snapshot.entries()) {
                asKnown |=
                        entry.modRevision() == own.modRevision() && entry.path().equals(path);
            }
            if (!asKnown) {
                keeper.verify();
            }
        });
        snapshot.entries().forEach(keeper::lookAtTwin);
    }

    private void lookAtOwn(List<RegistryEvent> events) {
        keeper.own().ifPresent(own -> {
            String path = RegistryEntry.subnetPath(own.subnet());
            for (RegistryEvent event : events) {
                if (event.modRevision() != own.modRevision() && event.path().equals(path)) {
                    keeper.verify();
                    return;
                }
            }
        });
        for (RegistryEvent event : events) {
            if (event instanceof RegistryEvent.Put put) {
                keeper.lookAtTwin(put.entry());
            }
        }
    }

    private void lookAtConfig(List<RegistryEvent> events) {
        for (RegistryEvent event : events) {
            if (event.path().equals(RegistryEntry.CONFIG)) {
                boolean put = event instanceof RegistryEvent.Put;
                seeConfig(put ? Optional.of(((RegistryEvent.Put) event).entry().value()) : Optional.empty());
            }
        }
    }

    private void seeConfig(Optional<String> text) {
        if (config.see(text)) {
            keeper.config(config.get());
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
                routes.own(Optional.empty());
            }
            if (taken && joined) {
                routes.publishNothing();
            }
        }

        @Override
        public void onLooked() {
            routes.thaw();
        }

        @Override
        public void onRefused(String message) {
            listener.onRefused(message);
        }
    }

    private final class RoutesListener implements PeerRoutes.Listener {
        @Override
        public void onRoutes(RouteTable table) {
            listener.onRoutes(table);
        }

        @Override
        public void onListNeeded() {
            watch.relist();
        }
    }

    private final class WatchListener implements PeerWatch.Listener {
        @Override
        public void onReplaced() {
            routes.replaced();
        }

        @Override
        public void onSnapshot(RegistrySnapshot snapshot) {
            pauses.look();
            seeConfig(snapshot.config());
            routes.take(snapshot);
            stale = false;
            listed = true;
            if (joined) {
                routes.publishSoon();
            } else {
                joinIfReady();
            }
            lookAtOwn(snapshot);
        }

        @Override
        public void onEvents(List<RegistryEvent> events) {
            pauses.look();
            lookAtConfig(events);
            routes.take(events);
            if (joined) {
                routes.publishSoon();
            }
            lookAtOwn(events);
        }
    }
}
