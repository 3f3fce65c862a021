package io.rudder.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.rudder.daemon.handover.Successor;
import io.rudder.daemon.host.Commands;
import io.rudder.daemon.host.Firewall;
import io.rudder.daemon.host.HostException;
import io.rudder.daemon.host.HostNetwork;
import io.rudder.daemon.host.OverlayAddress;
import io.rudder.netty.tunnel.PollingIoHandler;
import io.rudder.netty.tunnel.RealTimeThreadFactory;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.netty.tunnel.TunnelBootstrap;
import io.rudder.netty.tunnel.TunnelDescriptors;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
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
    private static final Duration RELEASE_LIMIT = Duration.ofMillis(500);

    private final DaemonSettings settings;
    private final EventLoopGroup group;
    private final HostNetwork network;
    private final Listener listener;
    private final Map<Counter, Long> finished = new EnumMap<>(Counter.class);
    private InetSocketAddress local;
    private RouteTable routes;
    private Firewall firewall;
    private volatile Tunnel tunnel;
    private boolean othersHaveIt;

    private DataPath(
            DaemonSettings settings, Start start, EventLoopGroup group, HostNetwork network, Listener listener) {
        this.settings = settings;
        this.local = start.local();
        this.group = group;
        this.network = network;
        this.routes = start.routes();
        this.listener = listener;
    }

    /**
     * What a data path starts from.
     *
     * @param local where datagrams are received and sent from
     * @param address what the device is given
     * @param routes what is carried from the first packet on
     * @param inherited the tunnel of a daemon before this one, to be gone on with; closed if that cannot be
     * @param shared whether that daemon still has it, too, and goes on with it unless this one is known to: until {@link
     *     #own} nothing is made anew, and what is on the host stays when this daemon ends
     */
    record Start(
            InetSocketAddress local,
            OverlayAddress address,
            RouteTable routes,
            Optional<TunnelDescriptors> inherited,
            boolean shared) {}

    /** Hears of the tunnels. */
    interface Listener {
        /**
         * Device and socket are about to be made anew. On the daemon's thread.
         *
         * @return whether somebody else may have earlier ones for a moment still, and then lets go of them
         */
        boolean onMaking();

        /** There is a tunnel, the first or another one. On the daemon's thread. */
        void onOpened(Tunnel tunnel);

        /** Packets are not carried any more, until {@link #repair}. On any thread. */
        void onEnded();
    }

    /**
     * Makes device, address, route and rules; each with its undoing in the phases.
     *
     * @param host what is counted about the host besides packets
     */
    static DataPath open(
            DaemonSettings settings, Start start, Commands commands, Phases phases, Counters host, Listener listener)
            throws HostException {
        String tunName = settings.host().tunName();
        HostNetwork network = new HostNetwork(commands, tunName);
        DataPath path = new DataPath(settings, start, newGroup(settings, phases), network, listener);
        path.othersHaveIt = start.shared();
        path.tunnel = path.inherit(start.inherited());
        phases.onUndo("device " + tunName, () -> path.remove(host));
        OverlayAddress address = start.address();
        if (start.inherited().isPresent() && network.isConfigured(address)) {
            log.info("going on with device {} as it is", tunName);
        } else {
            network.configure(address);
        }
        path.firewall = Firewall.choose(commands, tunName, address.network());
        phases.onUndo("the packet filter's rules", path::removeRules);
        path.firewall.install(settings.host().ipMasq());
        return path;
    }

    /** A tunnel that cannot be gone on with is made anew. */
    private Tunnel inherit(Optional<TunnelDescriptors> inherited) throws HostException {
        if (inherited.isPresent()) {
            try {
                return openTunnel(inherited);
            } catch (HostException e) {
                if (othersHaveIt) {
                    throw e;
                }
                log.warn("the earlier tunnel is of no use, making a new one: {}", e.getMessage());
            }
        }
        return makeTunnel();
    }

    private Tunnel makeTunnel() throws HostException {
        return listener.onMaking()
                ? BriefRetry.within(RELEASE_LIMIT, () -> openTunnel(Optional.empty()))
                : openTunnel(Optional.empty());
    }

    private static EventLoopGroup newGroup(DaemonSettings settings, Phases phases) {
        DaemonSettings.Carriage carriage = settings.carriage();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(carriage.queues(), threads(carriage), ioHandlers(carriage));
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
                .routes(routes)
                .offload(settings.carriage().offload())
                .longQueues(settings.host().restart().fdStore())
                .queues(settings.carriage().queues());
        settings.carriage().probeInterval().ifPresent(bootstrap::probeInterval);
        inherited.ifPresent(bootstrap::inherit);
        Tunnel opened = Answers.await(bootstrap.open(), OPEN_SECONDS, Tunnel::close);
        opened.closeFuture().whenComplete((nothing, failure) -> listener.onEnded());
        listener.onOpened(opened);
        log.info("device {}: offloads {}; queues {}", opened.tunName(), opened.offloads(), opened.queues());
        return opened;
    }

    /** A loop that runs before all others must sleep for them to run at all. */
    private static IoHandlerFactory ioHandlers(DaemonSettings.Carriage carriage) {
        return carriage.busyPoll()
                .filter(limit -> leavesProcessors(carriage) && !carriage.realTime())
                .map(PollingIoHandler::newFactory)
                .orElseGet(EpollIoHandler::newFactory);
    }

    private static ThreadFactory threads(DaemonSettings.Carriage carriage) {
        String name = "rudder-data";
        return carriage.realTime() && leavesProcessors(carriage)
                ? new RealTimeThreadFactory(name)
                : new DefaultThreadFactory(name);
    }

    /** Loops that are busy without end, as in a flood, must leave a processor to everybody else. */
    private static boolean leavesProcessors(DaemonSettings.Carriage carriage) {
        return Runtime.getRuntime().availableProcessors() > carriage.queues();
    }

    private void remove(Counters host) throws HostException {
        log.info("counters: {}", counted(host));
        try {
            closeTunnel();
        } finally {
            if (!othersHaveIt) {
                network.removeLeftoverDevice();
            }
        }
    }

    private void removeRules() throws HostException {
        if (!othersHaveIt) {
            firewall.remove();
        }
    }

    /** Closes the tunnel; one that ended by itself has told so already. */
    private void closeTunnel() throws HostException {
        if (!tunnel.closeFuture().isDone()) {
            Answers.await(tunnel.close(), CLOSE_SECONDS, nothing -> {});
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

    /** The daemon before this one has given the tunnel up: what is on the host is this one's to remove. */
    void own() {
        othersHaveIt = false;
    }

    /**
     * Gives the tunnel to another daemon, and carries packets until that one does; what is on the host stays when this one
     * ends.
     *
     * @return whether it took it; if not, this one goes on, and a repair makes the device again if it is lost
     */
    boolean handOver(Successor successor) {
        try {
            successor.give(tunnel.descriptors());
            leave();
        } catch (IOException e) {
            successor.refuse();
            log.warn("{}; going on with it", e.getMessage());
        } catch (HostException e) {
            log.warn("what was read last may be lost: {}", e.getMessage());
        }
        return othersHaveIt;
    }

    private TunnelDescriptors release() throws HostException {
        return Answers.await(tunnel.release(), CLOSE_SECONDS, TunnelDescriptors::close);
    }

    /** Stops carrying packets; others have the descriptors, and what is on the host stays when this daemon ends. */
    void leave() throws HostException {
        othersHaveIt = true;
        release().close();
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
            replaceTunnel(this::makeTunnel);
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
        TunnelDescriptors descriptors = release();
        local = underlay;
        replaceTunnel(() -> openTunnel(Optional.of(descriptors.withoutSockets())));
    }

    private void replaceTunnel(BriefRetry.Attempt<Tunnel> opening) throws HostException {
        Map<Counter, Long> last = tunnel.counters();
        Tunnel opened = opening.run();
        synchronized (finished) {
            tunnel = opened;
            last.forEach((counter, count) -> finished.merge(counter, count, Long::sum));
        }
    }

    /** Puts right the one thing of whose change nobody tells; cheap. Whether it was wrong. */
    boolean repairSetting() {
        return network.repairSetting();
    }

    /** Whether the kernel tells of changes of the packet filter. */
    boolean filterIsWatched() {
        return firewall.isWatched();
    }

    /** Accepts forwarded packets again if the packet filter's policy was changed. */
    void keepUp() {
        firewall.keepUp();
    }
}
