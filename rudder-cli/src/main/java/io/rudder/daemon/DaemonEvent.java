package io.rudder.daemon;

import io.rudder.config.NetworkConfig;
import io.rudder.daemon.handover.Successor;
import io.rudder.lease.Lease;
import io.rudder.peer.RouteTable;

/** What other threads tell the daemon's. */
sealed interface DaemonEvent {
    /** The control plane: the lease is held. */
    record Joined(NetworkConfig config, Lease own) implements DaemonEvent {}

    /** The control plane: the peers, at first and whenever they change. */
    record Routes(RouteTable table) implements DaemonEvent {}

    /** The control plane: after a loss, a lease of another subnet. */
    record LeaseChanged(Lease own) implements DaemonEvent {}

    /** The control plane or the data path: it does not go on; one line why. */
    record Failed(String message) implements DaemonEvent {}

    /** The kernel or the data path: something changed on the host. */
    record HostChanged() implements DaemonEvent {}

    /** The kernel: something changed in the packet filter. */
    record FilterChanged() implements DaemonEvent {}

    /** The watchdog: something to do on the daemon's thread, at once. */
    record Task(Runnable task) implements DaemonEvent {}

    /** Another daemon: it wants to go on with the tunnel. */
    record HandOver(Successor successor) implements DaemonEvent {}

    /** A signal: end. */
    record Stop() implements DaemonEvent {}
}
