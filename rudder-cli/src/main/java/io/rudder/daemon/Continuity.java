package io.rudder.daemon;

import io.netty.channel.EventLoopGroup;
import io.rudder.daemon.handover.HandOverServer;
import io.rudder.daemon.handover.Predecessor;
import io.rudder.daemon.handover.Successor;
import io.rudder.daemon.host.HostException;
import io.rudder.daemon.systemd.StoredTunnel;
import io.rudder.daemon.systemd.SystemdNotifier;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.netty.tunnel.TunnelDescriptors;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the tunnel comes from the daemon before this one and goes on to the next. From process to process: both carry
 * packets until the next one says that it goes on. Through the service manager's store: meanwhile nobody reads, the
 * device stays, and the kernel keeps the packets. On the daemon's thread.
 */
final class Continuity {
    private static final Logger log = LoggerFactory.getLogger(Continuity.class);

    private static final long PATIENCE_SECONDS = 5;

    private final DaemonSettings.Restart settings;
    private final int queues;
    private final EventLoopGroup group;
    private final Mailbox mailbox;
    private final StoredTunnel store;
    private final boolean notified;
    private final boolean stores;
    private Optional<Predecessor> predecessor = Optional.empty();
    private Optional<HandOverServer> server = Optional.empty();
    private boolean hasSuccessor;
    private boolean owns;

    /**
     * Nothing is taken or kept yet.
     *
     * @param group of Netty's epoll transport; carries no packets
     */
    Continuity(DaemonSettings settings, EventLoopGroup group, SystemdNotifier notifier, Mailbox mailbox) {
        this.settings = settings.host().restart();
        this.queues = settings.carriage().queues();
        this.group = group;
        this.mailbox = mailbox;
        this.store = new StoredTunnel(notifier);
        this.notified = notifier.isConnected();
        this.stores = this.settings.fdStore() && notified;
    }

    /** Whether a daemon before this one waits to hear that this one goes on with its tunnel. */
    boolean hasPredecessor() {
        return predecessor.isPresent();
    }

    /** The tunnel of the daemon before this one, which carries packets with it until {@link #own}. */
    Optional<TunnelDescriptors> inherit() throws HostException {
        if (settings.handOver()) {
            predecessor = Predecessor.find(group, settings.socket(), queues);
            if (predecessor.isEmpty()) {
                log.info("no daemon listens at {}: starting without a hand-over", settings.socket());
            }
        }
        try {
            return predecessor.isPresent()
                    ? Optional.of(predecessor.get().take(queues))
                    : StoredTunnel.inherited(
                            System.getenv(), ProcessHandle.current().pid());
        } catch (IOException e) {
            throw new HostException(e.getMessage(), e);
        }
    }

    /**
     * Has a task run on the daemon's thread once no other daemon of this host has its ports and sockets any more. One that
     * needs long for its end is no reason not to carry packets meanwhile.
     */
    void whenPredecessorHasEnded(Runnable task) {
        owns = true;
        if (predecessor.isEmpty()) {
            task.run();
            return;
        }
        Future<?> patience = group.schedule(
                () -> log.warn("the daemon that handed over is still there: no control socket until it has ended"),
                PATIENCE_SECONDS,
                TimeUnit.SECONDS);
        predecessor.get().onEnd(() -> {
            patience.cancel(false);
            mailbox.execute(task);
        });
        predecessor = Optional.empty();
    }

    /**
     * This daemon carries packets by the first tunnel, and all that belongs to it is made: the daemon before it, if there
     * is one, may end.
     *
     * @throws HostException if that one does not agree: then nothing here is this daemon's to remove
     */
    void own(Tunnel tunnel) throws HostException {
        if (predecessor.isPresent()) {
            try {
                predecessor.get().confirm();
            } catch (IOException e) {
                throw new HostException(e.getMessage(), e);
            }
        }
        owns = true;
        opened(tunnel);
    }

    /**
     * A tunnel is about to be made anew: the service manager's copies of an earlier one keep its device and its port.
     *
     * @return whether there is a service manager, which may still have them for a moment
     */
    boolean making() {
        store.discard();
        return notified;
    }

    /** There is a tunnel, the first or another one: it may go on elsewhere once it is this daemon's own. */
    void opened(Tunnel tunnel) {
        if (!owns) {
            return;
        }
        if (stores) {
            keep(tunnel);
        }
        if (server.isEmpty()) {
            listen();
        }
    }

    private void keep(Tunnel tunnel) {
        try {
            store.keep(tunnel.descriptors());
        } catch (IOException e) {
            log.warn("the tunnel is not left with the service manager: {}", e.getMessage());
        }
    }

    private void listen() {
        try {
            server = Optional.of(HandOverServer.open(group, settings.socket(), mailbox::onSuccessor));
        } catch (IOException e) {
            log.warn("the tunnel cannot be handed over: {}", e.getMessage());
        }
    }

    /**
     * Gives the tunnel to the daemon that asked for it.
     *
     * @return whether it has it: this one is to end then
     */
    boolean handOver(Optional<DataPath> dataPath, Successor successor) {
        if (dataPath.isEmpty() || successor.queues() != queues) {
            log.warn(
                    "the tunnel is not handed over: this daemon has {} queues, the other wants {}",
                    dataPath.isPresent() ? queues : 0,
                    successor.queues());
            successor.refuse();
            return false;
        }
        // Before the other daemon listens at the same place.
        close();
        hasSuccessor = dataPath.get().handOver(successor);
        if (!hasSuccessor && server.isEmpty()) {
            listen();
        }
        return hasSuccessor;
    }

    /** Whether no other daemon has the tunnel, and with it the lease. */
    boolean isAlone() {
        return !hasSuccessor && (owns || !settings.handOver());
    }

    /** The daemon is to end: what the service manager keeps is left as it is. */
    void leave(Optional<DataPath> dataPath) throws HostException {
        if (store.isUsed() && dataPath.isPresent()) {
            dataPath.get().leave();
            log.info("the tunnel is left with the service manager");
        }
    }

    /** Listens no more. */
    void close() {
        server.ifPresent(HandOverServer::close);
        server = Optional.empty();
    }
}
