package io.rudder.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.rudder.control.ControlLoop;
import io.rudder.control.ControlThread;
import io.rudder.daemon.host.Commands;
import io.rudder.daemon.host.ExternalInterface;
import io.rudder.daemon.host.HostException;
import io.rudder.daemon.host.ProcessCommands;
import io.rudder.daemon.socket.CommandShell;
import io.rudder.daemon.systemd.ServiceManager;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistryException;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.node.ControlPlane;
import io.rudder.node.NodeSettings;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One host's part in an overlay, from the first look at the leases to the last rule that is taken back:
 *
 * <pre>
 * host's loop, service manager -> control thread, source of leases -> node id, interface
 *     -> control socket, HTTP -> control plane .. joined .. first routes ..
 *     -> data path: device, address, route, rules -> subnet file, watch of the host -> ready
 * </pre>
 *
 * A daemon that takes the tunnel over from another one has control socket and HTTP only once it is ready and the other
 * one has ended.
 *
 * <p>Everything here happens on the thread that calls {@link #runUntilSignal}; the control plane, the data path and
 * signals reach it through one queue.
 */
public final class Daemon {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(3);

    private final DaemonSettings settings;
    private final SubnetFile subnetFile;
    private final Commands commands = new ProcessCommands(COMMAND_TIMEOUT);
    private final SubnetChangeHook subnetChangeHook;
    private final Mailbox mailbox = new Mailbox();
    private final Phases phases = new Phases();
    private final Optional<SubnetFile.Content> previous;
    private final RecentEvents events = RecentEvents.install();
    private final String version;
    private final Function<NodeAccess, CommandShell> shell;
    private EventLoopGroup hostLoop;
    private ServiceManager serviceManager;
    private ControlPlane controlPlane;
    private Continuity continuity;
    private HostSide host;
    private NodeAccess access;
    private boolean isReady;

    /**
     * Nothing happens until {@link #runUntilSignal}.
     *
     * @param settings what the operator decided
     * @param version the program's version, which the status tells
     * @param shell makes what runs the operator's commands
     */
    public Daemon(DaemonSettings settings, String version, Function<NodeAccess, CommandShell> shell) {
        this.settings = settings;
        this.version = version;
        this.shell = shell;
        this.subnetFile = new SubnetFile(settings.host().subnetFile());
        this.previous = subnetFile.read();
        this.subnetChangeHook = new SubnetChangeHook(settings.leasing().onSubnetChange());
    }

    /**
     * Runs until SIGTERM, SIGINT or SIGHUP, then takes back what was made on this host; the lease is kept. To be called
     * once a process, since it takes the process's signals.
     *
     * @return 0
     * @throws HostException if the daemon could not start or go on
     */
    public int runUntilSignal() throws HostException {
        SignalGuard guard = SignalGuard.install(mailbox::stop);
        try {
            start();
            serve();
            return 0;
        } finally {
            phases.undoAll();
            guard.release();
        }
    }

    private void start() throws HostException {
        hostLoop = loop("rudder-host");
        serviceManager = ServiceManager.open(hostLoop, System.getenv());
        serviceManager.watch("rudder-daemon", mailbox::execute);
        ControlThread loop = new ControlThread();
        serviceManager.watch("rudder-control", loop);
        phases.onUndo("the control thread", loop::close);
        LeaseRegistry registry = openLeases(loop);
        phases.onUndo("the source of leases", registry::close);
        // Its outcome is of no interest: loading the client's classes takes a second, which the rest need not wait for.
        registry.head();
        String nodeId = NodeIdFile.loadOrCreate(settings.host().stateDir());
        ExternalInterface underlay = ExternalInterface.find(settings.underlay().iface());
        log.info(
                "interface {}, address {}, MTU {}; node {}",
                underlay.name(),
                Ipv4.format(underlay.address()),
                underlay.mtuBytes(),
                nodeId);
        continuity = new Continuity(settings, hostLoop, serviceManager.notifier(), mailbox);
        host = new HostSide(settings, subnetFile, commands, mailbox, underlay, this::readdress);
        startControlPlane(registry, loop, nodeId, underlay);
    }

    private LeaseRegistry openLeases(ControlLoop loop) throws HostException {
        try {
            return settings.leases().open(loop);
        } catch (RegistryException e) {
            throw new HostException(e.getMessage(), e);
        }
    }

    private void startControlPlane(LeaseRegistry registry, ControlLoop loop, String nodeId, ExternalInterface underlay)
            throws HostException {
        NodeSettings node = nodeSettings(nodeId, underlay);
        Counters counters = new Counters();
        controlPlane = new ControlPlane(registry, loop, node, counters, mailbox);
        NodeFacts facts = NodeFacts.of(nodeId, version, underlay, settings);
        StatusSource status =
                new StatusSource(facts, controlPlane::status, host::view, List.of(counters, host.counters()), events);
        access = new NodeAccess(settings, status, registry, host::tunnel);
        if (!settings.host().restart().handOver()) {
            // First, since a second daemon in the same run directory is refused here.
            startAdmin();
        }
        ControlPhase.start(settings, controlPlane, node.identity(), this::releases, phases);
    }

    private void startAdmin() throws HostException {
        // A loop of its own: operators and their programs keep neither the watchdog nor the watch of the host waiting.
        Admin.start(access, loop("rudder-admin"), shell, serviceManager.pulse(), phases);
    }

    private void startAdminLate() {
        try {
            startAdmin();
        } catch (HostException e) {
            mailbox.onRefused(e.getMessage());
        }
    }

    /** A lease that another daemon of this host goes on with is not given back. */
    private boolean releases() {
        return settings.leasing().releaseOnExit() && continuity.isAlone();
    }

    /** An address that an operator has given to the peers is theirs to change. */
    private void readdress(int address) {
        if (settings.underlay().publicIp().isEmpty()) {
            controlPlane.readdress(address);
        }
    }

    private NodeSettings nodeSettings(String nodeId, ExternalInterface underlay) {
        Optional<Integer> port = settings.underlay().port();
        return new NodeSettings(
                new NodeIdentity(nodeId, settings.underlay().publicIp().orElse(underlay.address())),
                port.isPresent() ? OptionalInt.of(port.get()) : OptionalInt.empty(),
                previous.map(SubnetFile.Content::subnet),
                settings.leasing().policy(),
                settings.configKey());
    }

    private void serve() throws HostException {
        for (DaemonEvent event = next(); !(event instanceof DaemonEvent.Stop); event = next()) {
            if (event instanceof DaemonEvent.Failed failed) {
                throw new HostException(failed.message());
            } else if (event instanceof DaemonEvent.Joined overlay) {
                warnOfOtherNetwork(overlay.config().network());
                host.join(overlay.config(), overlay.own());
            } else if (event instanceof DaemonEvent.LeaseChanged change) {
                move(change.own());
            } else if (event instanceof DaemonEvent.Task task) {
                task.task().run();
            } else if (event instanceof DaemonEvent.HostChanged) {
                host.hint();
            } else if (event instanceof DaemonEvent.FilterChanged) {
                host.filterHint();
            } else if (event instanceof DaemonEvent.Routes routes) {
                carry(routes.table());
            } else if (event instanceof DaemonEvent.HandOver next
                    && continuity.handOver(host.dataPath(), next.successor())) {
                log.info("the next daemon has the tunnel");
                return;
            }
        }
        String farewell = "stopping; the lease is " + (settings.leasing().releaseOnExit() ? "given back" : "kept");
        log.info(farewell);
        serviceManager.notifier().stopping(farewell);
        continuity.leave(host.dataPath());
    }

    /** One loop for what is neither packets nor leases. */
    private EventLoopGroup loop(String name) {
        EventLoopGroup loop =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
        phases.onUndo("the loop " + name, () -> loop.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        return loop;
    }

    private void move(Lease own) throws HostException {
        SubnetFile.Content before = host.content();
        host.move(own);
        subnetChangeHook.run(before, host.content());
    }

    /** The next event; meanwhile the host is kept as it should be. */
    private DaemonEvent next() throws HostException {
        Optional<DaemonEvent> event = Optional.empty();
        while (event.isEmpty()) {
            event = mailbox.poll(Math.max(0, host.nanosUntilTick()));
            host.tick();
        }
        return event.get();
    }

    private void warnOfOtherNetwork(Ipv4Prefix network) {
        previous.filter(content -> !content.network().equals(network))
                .ifPresent(content -> log.warn(
                        "the earlier subnet {} in {} is of the network {}, not of {}: it is ignored",
                        content.subnet(),
                        settings.host().subnetFile(),
                        content.network(),
                        network));
    }

    private void carry(RouteTable routes) throws HostException {
        if (!isReady) {
            host.open(routes, continuity, hostLoop, phases);
            host.dataPath().ifPresent(path -> serviceManager.watchAll("rudder-data", path.loops()));
        } else {
            host.routes(routes);
        }
        String summary = summary(routes.peers().size());
        if (!isReady) {
            isReady = true;
            log.info("ready: {}", summary);
            serviceManager.notifier().ready(summary);
            if (settings.host().restart().handOver()) {
                continuity.whenPredecessorHasEnded(this::startAdminLate);
            }
        } else {
            serviceManager.notifier().status(summary);
        }
    }

    private String summary(int peers) {
        SubnetFile.Content content = host.content();
        String carrier = host.dataPath().map(path -> "device " + path.tunName()).orElse("no device (backend alloc)");
        return "subnet " + content.subnet() + " of " + content.network() + ", " + carrier + ", MTU "
                + content.mtuBytes() + ", " + peers + (peers == 1 ? " peer" : " peers");
    }
}
