package io.rudder.daemon;

import io.rudder.config.NetworkConfig;
import io.rudder.daemon.handover.Successor;
import io.rudder.daemon.host.HostException;
import io.rudder.lease.Lease;
import io.rudder.node.ControlPlane;
import io.rudder.peer.RouteTable;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Hands over to the daemon's thread what the control plane, the data path and signals tell on theirs. */
final class Mailbox implements ControlPlane.Listener {
    private final BlockingQueue<DaemonEvent> events = new LinkedBlockingQueue<>();

    /** The oldest event that was not taken yet, to be waited for; empty if none comes in time. */
    Optional<DaemonEvent> poll(long timeoutNanos) throws HostException {
        try {
            return Optional.ofNullable(events.poll(timeoutNanos, TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("interrupted", e);
        }
    }

    /** The daemon is to end. */
    void stop() {
        events.add(new DaemonEvent.Stop());
    }

    /** Something changed on the host; many changes before the daemon takes the event are one. */
    void onHostChanged() {
        addOnce(new DaemonEvent.HostChanged());
    }

    /** Something changed in the packet filter. */
    void onFilterChanged() {
        addOnce(new DaemonEvent.FilterChanged());
    }

    private void addOnce(DaemonEvent event) {
        if (!events.contains(event)) {
            events.add(event);
        }
    }

    /** Another daemon wants to go on with the tunnel. */
    void onSuccessor(Successor successor) {
        events.add(new DaemonEvent.HandOver(successor));
    }

    /** Runs a task on the daemon's thread. */
    void execute(Runnable task) {
        events.add(new DaemonEvent.Task(task));
    }

    @Override
    public void onJoined(NetworkConfig config, Lease own) {
        events.add(new DaemonEvent.Joined(config, own));
    }

    @Override
    public void onRoutes(RouteTable routes) {
        // Only the newest are of use: they must not pile up while the daemon's thread is busy.
        events.removeIf(DaemonEvent.Routes.class::isInstance);
        events.add(new DaemonEvent.Routes(routes));
    }

    @Override
    public void onLeaseChanged(Lease own) {
        events.add(new DaemonEvent.LeaseChanged(own));
    }

    /** The daemon cannot go on; one line why. */
    @Override
    public void onRefused(String message) {
        events.add(new DaemonEvent.Failed(message));
    }
}
