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
import io.rudder.netty.tunnel.TunnelDescriptors;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TUN device with its packets, and what the host needs around it. The tunnel is another one after the device was
 * deleted, or the underlay's address changed. On the daemon's thread.
 */
final class DataPath {
    private static final Logger log = LoggerFactory.getLogger(DataPath.class);
    private static final long OPEN_SECONDS = 10;
    private static final long CLOSE_SECONDS = 1;

    private final DaemonSettings settings;
    private final EventLoopGroup group;
    private final HostNetwork network;
    private final Runnable onEnd;
    private final Map<Counter, Long> finished = new EnumMap<>(Counter.class);
    private InetSocketAddress local;
    private RouteTable routes = RouteTable.EMPTY;
    private Firewall firewall;
    private volatile Tunnel tunnel;

    private DataPath(
            DaemonSettings settings,
            InetSocketAddress local,
            EventLoopGroup group,
            HostNetwork network,
            Runnable onEnd) {
        this.settings = settings;
        this.local = local;
        this.group = group;
        this.network = network;
        this.onEnd = onEnd;
    }

    /**
     * Makes device, address, route and rules; each with its undoing in the phases.
     *
     * @param local where datagrams are received and sent from
     * @param host what is counted about the host besides packets
     * @param onEnd called on any thread when packets are not carried any more, until {@link #repair}
     */
    static DataPath open(
            DaemonSettings settings,
            InetSocketAddress local,
            OverlayAddress address,
            Commands commands,
            Phases phases,
            Counters host,
            Runnable onEnd)
            throws HostException {
        String tunName = settings.host().tunName();
        HostNetwork network = new HostNetwork(commands, tunName);
        DataPath path = new DataPath(settings, local, newGroup(settings, phases), network, onEnd);
        path.tunnel = path.openTunnel(Optional.empty());
        phases.onUndo("device " + tunName, () -> path.remove(host));
        network.configure(address);
        path.firewall = Firewall.choose(commands, tunName, address.network());
        phases.onUndo("the packet filter's rules", path.firewall::remove);
        path.firewall.install(settings.host().ipMasq());
        return path;
    }

    private static EventLoopGroup newGroup(DaemonSettings settings, Phases phases) {
        DaemonSettings.Carriage carriage = settings.carriage();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(carriage.queues(), threads(carriage), EpollIoHandler.newFactory());
        phases.onUndo(
                "the data path's thread",
                () -> group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                        .await(CLOSE_SECONDS, TimeUnit.SECONDS));
        return group;
    }

    private Tunnel openTunnel(Optional<TunnelDescriptors> inherited) throws HostException {
        TunnelBootstrap bootstrap = new TunnelBootstrap()
                .group(group)
                .tunName(settings.host().tunName())
                .underlay(local)
                .offload(settings.carriage().offload())
                .queues(settings.carriage().queues());
        settings.carriage().probeInterval().ifPresent(bootstrap::probeInterval);
        inherited.ifPresent(bootstrap::inherit);
        Tunnel opened = await(bootstrap.open(), OPEN_SECONDS);
        opened.routes(routes);
        opened.closeFuture().whenComplete((nothing, failure) -> onEnd.run());
        log.info("device {}: offloads {}; queues {}", opened.tunName(), opened.offloads(), opened.queues());
        return opened;
    }

    private static ThreadFactory threads(DaemonSettings.Carriage carriage) {
        // A flood that keeps the loops busy must leave a core to everybody else.
        boolean coresLeft = Runtime.getRuntime().availableProcessors() > carriage.queues();
        String name = "rudder-data";
        return carriage.realTime() && coresLeft ? new RealTimeThreadFactory(name) : new DefaultThreadFactory(name);
    }

    private void remove(Counters host) throws HostException {
        log.info("counters: {}", counted(host));
        try {
            closeTunnel();
        } finally {
            network.removeLeftoverDevice();
        }
    }

    /** Closes the tunnel; one that ended by itself has told so already. */
    private void closeTunnel() throws HostException {
        if (!tunnel.closeFuture().isDone()) {
            await(tunnel.close(), CLOSE_SECONDS);
        }
    }

    private String counted(Counters host) {
        Map<Counter, Long> sums = counters();
        String counts = sums.entrySet().stream()
                .map(count -> Map.entry(count.getKey(), count.getValue() + host.get(count.getKey())))
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

    /** The loops that carry packets. On any thread. */
    EventLoopGroup loops() {
        return group;
    }

    /** The tunnel at this moment: another one after a repair. On any thread. */
    Tunnel tunnel() {
        return tunnel;
    }

    /** The packets counted since the start, over all tunnels. On any thread. */
    Map<Counter, Long> counters() {
        synchronized (finished) {
            Map<Counter, Long> sums = new EnumMap<>(tunnel.counters());
            finished.forEach((counter, count) -> sums.merge(counter, count, Long::sum));
            return sums;
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

    /** Gives the device another MTU. */
    void changeMtu(OverlayAddress address) throws HostException {
        network.changeMtu(address);
    }

    /** Carries packets by these routes from now on. */
    void routes(RouteTable table) {
        routes = table;
        tunnel.routes(table);
    }

    /**
     * Puts right what others changed on the host meanwhile, and follows the underlay's address.
     *
     * @return what was put right
     */
    List<Counter> repair(InetSocketAddress underlay, OverlayAddress address) throws HostException {
        if (tunnel.closeFuture().isDone() || !network.isPresent()) {
            closeTunnel();
            local = underlay;
            replaceTunnel(Optional.empty());
            network.configure(address);
            return List.of(Counter.REPAIR_DEVICE);
        }
        if (!local.equals(underlay)) {
            rebind(underlay);
        }
        return network.repair(address);
    }

    /** The device stays, with all that others may have attached to it. */
    private void rebind(InetSocketAddress underlay) throws HostException {
        TunnelDescriptors descriptors = await(tunnel.release(), CLOSE_SECONDS);
        local = underlay;
        replaceTunnel(Optional.of(descriptors.withoutSockets()));
    }

    private void replaceTunnel(Optional<TunnelDescriptors> inherited) throws HostException {
        Map<Counter, Long> last = tunnel.counters();
        Tunnel opened = openTunnel(inherited);
        synchronized (finished) {
            tunnel = opened;
            last.forEach((counter, count) -> finished.merge(counter, count, Long::sum));
        }
    }

    /** Puts right the one thing of whose change nobody tells; cheap. Whether it was wrong. */
    boolean repairSetting() {
        return network.repairSetting();
    }

    /** Accepts forwarded packets again if the packet filter's policy was changed. */
    void keepUp() {
        firewall.keepUp();
    }
}
