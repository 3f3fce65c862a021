package io.rudder.node;

import io.rudder.config.NetworkConfig;
import io.rudder.control.ControlLoop;
import io.rudder.control.LoopScope;
import io.rudder.lease.ControlContext;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseRegistry;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins an overlay and follows it: reads the network configuration, acquires and keeps the own lease, watches the
 * peers. All state belongs to the control loop, on which the listener is called too.
 */
public final class ControlPlane {
    private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);

    private final ControlContext context;
    private final Listener listener;
    private final LoopScope scope;
    private final ConfigWait configWait;
    private final Instant created;
    private NodeSettings settings;
    private Optional<SavedState> saved = Optional.empty();
    private volatile Optional<Membership> membership = Optional.empty();

    /** Nothing happens until {@link #start}. */
    public ControlPlane(
            LeaseRegistry registry, ControlLoop loop, NodeSettings settings, Counters counters, Listener listener) {
        this(new ControlContext(registry, loop, new SplittableRandom(), counters), settings, listener);
    }

    /** With a source of random numbers of the caller's, which makes a simulation repeatable. */
    public ControlPlane(ControlContext context, NodeSettings settings, Listener listener) {
        this.context = context;
        this.settings = settings;
        this.listener = listener;
        this.scope = new LoopScope(context.loop());
        this.created = context.loop().wallTime();
        this.configWait = new ConfigWait(context, settings.configKey(), new ConfigListener());
    }

    /** Starts to join; waits for the registry as long as it takes. On any thread. */
    public void start() {
        start(Optional.empty());
    }

    /**
     * Starts to join. If the registry does not answer within 2 s, and the state of an earlier run is this node's and so
     * fresh that nobody else can have its subnet, the node joins with that. On any thread.
     */
    public void start(Optional<SavedState> earlier) {
        scope.execute(() -> {
            saved = earlier.filter(this::isUsable);
            configWait.start();
        });
    }

    private boolean isUsable(SavedState state) {
        boolean isUsable = state.nodeId().equals(settings.identity().nodeId())
                && state.isFresh(context.loop().wallTime(), settings.policy().timeToLive());
        if (!isUsable) {
            log.warn("the saved state of {} is too old or another node's: it is not used", state.confirmedAt());
        }
        return isUsable;
    }

    /** The peers reach this host at another address now, which goes into the lease. On any thread. */
    public void readdress(int publicIp) {
        scope.execute(() -> {
            settings = settings.at(publicIp);
            // Connections from an address that is gone answer no more, and would only be given up after a time-out.
            context.registry().reconnect();
            membership.ifPresent(joined -> joined.readdress(settings.identity()));
        });
    }

    /** Ends watch and timers; the lease is kept, so that a restart gets it back. On any thread. */
    public void stop() {
        scope.execute(this::end);
    }

    /** Like {@link #stop}, but gives the lease back; done when the registry has answered. On any thread. */
    public CompletableFuture<Void> release() {
        CompletableFuture<Void> released = new CompletableFuture<>();
        scope.execute(() -> {
            CompletableFuture<Void> given =
                    membership.map(Membership::release).orElseGet(() -> CompletableFuture.completedFuture(null));
            end();
            given.whenComplete((nothing, failure) -> {
                if (failure == null) {
                    released.complete(null);
                } else {
                    released.completeExceptionally(failure);
                }
            });
        });
        return released;
    }

    /** Where it stands. On any thread. */
    public ControlStatus status() {
        return membership
                .map(Membership::status)
                .orElseGet(() -> ControlStatus.before(created, configWait.lastError()));
    }

    private void end() {
        scope.close();
        configWait.close();
        membership.ifPresent(Membership::close);
    }

    private void resume(SavedState earlier) {
        configWait.close();
        saved = Optional.empty();
        newMembership(Optional.empty(), earlier.config()).resume(earlier, settings.identity());
    }

    private Membership newMembership(Optional<String> text, NetworkConfig config) {
        RunningConfig running = new RunningConfig(settings.configKey(), text, config);
        Membership joining = new Membership(context, settings, running, new MembershipListener());
        membership = Optional.of(joining);
        return joining;
    }

    private void refuse(String message) {
        end();
        listener.onRefused(message);
    }

    private final class ConfigListener implements ConfigWait.Listener {
        @Override
        public void onNoAnswer() {
            saved.ifPresent(ControlPlane.this::resume);
        }

        @Override
        public void onConfig(String text, NetworkConfig config) {
            log.info("network {}", config);
            configWait.close();
            newMembership(Optional.of(text), config).start();
        }

        @Override
        public void onUnusable(String message) {
            refuse(message);
        }
    }

    private final class MembershipListener implements Listener {
        @Override
        public void onJoined(NetworkConfig config, Lease own) {
            listener.onJoined(config, own);
        }

        @Override
        public void onRoutes(RouteTable routes) {
            listener.onRoutes(routes);
        }

        @Override
        public void onLeaseChanged(Lease own) {
            listener.onLeaseChanged(own);
        }

        @Override
        public void onRefused(String message) {
            refuse(message);
        }
    }

    /** Hears of the overlay, on the control loop. */
    public interface Listener {
        /** The lease is held and the peers are known; called once, before the first {@link #onRoutes}. */
        void onJoined(NetworkConfig config, Lease own);

        /**
         * The peers, at first and whenever they change; {@link RouteTable#EMPTY} while somebody else owns the subnet
         * that this host had.
         */
        void onRoutes(RouteTable routes);

        /** After a loss the host has a lease of another subnet; {@link #onRoutes} with it follows. */
        default void onLeaseChanged(Lease own) {}

        /** The host cannot join until an operator acts; the message is one line: what, where, what would do. */
        void onRefused(String message);
    }
}
