package io.rudder.node;

import io.rudder.config.NetworkConfig;
import io.rudder.control.ControlLoop;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseRegistry;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;

/**
 * Joins an overlay and follows it: reads the network configuration, acquires and keeps the own lease, watches the
 * peers. All state belongs to the control loop, on which the listener is called too.
 */
public final class ControlPlane {

    /** Nothing happens until {@link #start}. */
    public ControlPlane(
            LeaseRegistry registry, ControlLoop loop, NodeSettings settings, Counters counters, Listener listener) {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Starts to join; waits for the registry as long as it takes. On any thread. */
    public void start() {}

    /** Ends watch and timers; the lease is kept, so that a restart gets it back. On any thread. */
    public void stop() {}

    /** Hears of the overlay, on the control loop. */
    public interface Listener {
        /** The lease is held and the peers are known; called once, before the first {@link #onRoutes}. */
        void onJoined(NetworkConfig config, Lease own);

        /** The peers, at first and whenever they change. */
        void onRoutes(RouteTable routes);

        /** The host cannot join until an operator acts; the message is one line: what, where, what would do. */
        void onRefused(String message);
    }
}
