package io.rudder.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.rudder.daemon.host.Commands;
import io.rudder.daemon.host.Firewall;
import io.rudder.daemon.host.HostException;
import io.rudder.daemon.host.HostNetwork;
import io.rudder.daemon.host.OverlayAddress;
import io.rudder.netty.tunnel.RealTimeThreadFactory;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.netty.tunnel.TunnelBootstrap;
import io.rudder.peer.RouteTable;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TUN device with its packets, and what the host needs around it. On the daemon's thread. */
final class DataPath {
    private static final Logger log = LoggerFactory.getLogger(DataPath.class);
    private static final long OPEN_SECONDS = 10;
    private static final long CLOSE_SECONDS = 1;

    private final Tunnel tunnel;
    private final HostNetwork network;
    private final Firewall firewall;

    private DataPath(Tunnel tunnel, HostNetwork network, Firewall firewall) {
        this.tunnel = tunnel;
        this.network = network;
        this.firewall = firewall;
    }

    /**
     * Makes device, address, route and rules; each with its undoing in the phases.
     *
     * @param local where datagrams are received and sent from
     */
    static DataPath open(
            DaemonSettings settings, InetSocketAddress local, OverlayAddress address, Commands commands, Phases phases)
            throws HostException {
        Tunnel tunnel = openTunnel(settings, local, phases);
        String tunName = tunnel.tunName();
        HostNetwork network = new HostNetwork(commands, tunName);
        phases.onUndo("device " + tunName, () -> remove(tunnel, network));
        network.configure(address);
        Firewall firewall = Firewall.choose(commands, tunName, address.network());
        phases.onUndo("the packet filter's rules", firewall::remove);
        firewall.install(settings.host().ipMasq());
        return new DataPath(tunnel, network, firewall);
    }

    private static Tunnel openTunnel(DaemonSettings settings, InetSocketAddress local, Phases phases)
            throws HostException {
        int queues = settings.carriage().queues();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(queues, threads(settings.carriage()), EpollIoHandler.newFactory());
        phases.onUndo(
                "the data path's thread",
                () -> group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                        .await(CLOSE_SECONDS, TimeUnit.SECONDS));
        TunnelBootstrap bootstrap = new TunnelBootstrap()
                .group(group)
                .tunName(settings.host().tunName())
                .underlay(local)
                .offload(settings.carriage().offload())
                .queues(queues);
        settings.carriage().probeInterval().ifPresent(bootstrap::probeInterval);
        Tunnel tunnel = await(bootstrap.open(), OPEN_SECONDS);
        log.info("device {}: offloads {}; queues {}", tunnel.tunName(), tunnel.offloads(), tunnel.queues());
        return tunnel;
    }

    private static ThreadFactory threads(DaemonSettings.Carriage carriage) {
        // A flood that keeps the loops busy must leave a core to everybody else.
        boolean coresLeft = Runtime.getRuntime().availableProcessors() > carriage.queues();
        String name = "rudder-data";
        return carriage.realTime() && coresLeft ? new RealTimeThreadFactory(name) : new DefaultThreadFactory(name);
    }

    private static void remove(Tunnel tunnel, HostNetwork network) throws HostException {
        log.info("counters: {}", counted(tunnel));
        try {
            // One that ended by itself has told so already.
            if (!tunnel.closeFuture().isDone()) {
                await(tunnel.close(), CLOSE_SECONDS);
            }
        } finally {
            network.removeLeftoverDevice();
        }
    }

    private static String counted(Tunnel tunnel) {
        String counts = tunnel.counters().entrySet().stream()
                .filter(count -> count.getValue() != 0)
                .map(count -> count.getKey().id() + "=" + count.getValue())
                .collect(Collectors.joining(" "));
        return counts.isEmpty() ? "none" : counts;
    }

    private static <T> T await(CompletableFuture<T> future, long seconds) throws HostException {
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new HostException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new HostException("the data path gave no answer within " + seconds + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("interrupted", e);
        }
    }

    /** The TUN device's name. */
    String tunName() {
        return tunnel.tunName();
    }

    /** Gives the device another address of the same network. */
    void move(OverlayAddress address) throws HostException {
        network.configure(address);
    }

    /** Carries packets by these routes from now on. */
    void routes(RouteTable routes) {
        tunnel.routes(routes);
    }

    /** Calls back, on any thread, when no packets are carried any more, with one line why. */
    void onEnd(Consumer<String> listener) {
        tunnel.closeFuture().whenComplete((nothing, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            String reason = cause == null ? "it was closed" : cause.getMessage();
            listener.accept("the data path ended: " + reason);
        });
    }

    /** Puts right what others changed on the host meanwhile. */
    void keepUp() {
        firewall.keepUp();
    }
}
