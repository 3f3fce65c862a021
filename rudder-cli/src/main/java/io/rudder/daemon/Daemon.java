package io.rudder.daemon;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.control.ControlLoop;
import io.rudder.control.ControlThread;
import io.rudder.daemon.host.Commands;
import io.rudder.daemon.host.ExternalInterface;
import io.rudder.daemon.host.HostException;
import io.rudder.daemon.host.OverlayAddress;
import io.rudder.daemon.host.ProcessCommands;
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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One host's part in an overlay, from the first look at the leases to the last rule that is taken back:
 *
 * <pre>
 * registry -> node id, interface -> control plane .. joined .. -> data path -> subnet file .. peers .. -> ready
 * </pre>
 *
 * <p>Everything here happens on the thread that calls {@link #runUntilSignal}; the control plane, the data path and
 * signals reach it through one queue.
 */
public final class Daemon {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration KEEP_UP_INTERVAL = Duration.ofSeconds(10);

    private final DaemonSettings settings;
    private final SubnetFile subnetFile;
    private final Commands commands = new ProcessCommands(COMMAND_TIMEOUT);
    private final Mailbox mailbox = new Mailbox();
    private final Phases phases = new Phases();
    private final Optional<SubnetFile.Content> previous;
    private Optional<DataPath> dataPath = Optional.empty();
    private Optional<SubnetFile.Content> joined = Optional.empty();
    private boolean isReady;
    private long keepUpDueNanos = System.nanoTime();

    /** Nothing happens until {@link #runUntilSignal}. */
    public Daemon(DaemonSettings settings) {
        this.settings = settings;
        this.subnetFile = new SubnetFile(settings.host().subnetFile());
        this.previous = subnetFile.read();
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
            ExternalInterface underlay = start();
            serve(underlay);
            log.info("stopping; the lease is kept");
            return 0;
        } finally {
            phases.undoAll();
            guard.release();
        }
    }

    private ExternalInterface start() throws HostException {
        ControlThread loop = new ControlThread();
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
        startControlPlane(registry, loop, nodeSettings(nodeId, underlay));
        return underlay;
    }

    private LeaseRegistry openLeases(ControlLoop loop) throws HostException {
        try {
            return settings.leases().open(loop);
        } catch (RegistryException e) {
            throw new HostException(e.getMessage(), e);
        }
    }

    private void startControlPlane(LeaseRegistry registry, ControlLoop loop, NodeSettings node) {
        ControlPlane controlPlane = new ControlPlane(registry, loop, node, new Counters(), mailbox);
        phases.onUndo("the control plane", controlPlane::stop);
        controlPlane.start();
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

    private void serve(ExternalInterface underlay) throws HostException {
        for (DaemonEvent event = next(); !(event instanceof DaemonEvent.Stop); event = next()) {
            if (event instanceof DaemonEvent.Failed failed) {
                throw new HostException(failed.message());
            } else if (event instanceof DaemonEvent.Joined overlay) {
                join(overlay.config(), overlay.own(), underlay);
            } else if (event instanceof DaemonEvent.LeaseChanged change) {
                move(change.own());
            } else if (event instanceof DaemonEvent.Routes routes) {
                carry(routes.table());
            }
        }
    }

    /** The next event; meanwhile the host is kept as it should be. */
    private DaemonEvent next() throws HostException {
        Optional<DaemonEvent> event = Optional.empty();
        while (event.isEmpty()) {
            long nanosLeft = keepUpDueNanos - System.nanoTime();
            if (nanosLeft <= 0) {
                dataPath.ifPresent(DataPath::keepUp);
                keepUpDueNanos = System.nanoTime() + KEEP_UP_INTERVAL.toNanos();
            } else {
                event = mailbox.poll(nanosLeft);
            }
        }
        return event.get();
    }

    private void join(NetworkConfig config, Lease own, ExternalInterface underlay) throws HostException {
        warnOfOtherNetwork(config.network());
        int mtuBytes = underlay.mtuBytes();
        if (config.backend().type() == Backend.Type.UDP) {
            mtuBytes = OverlayAddress.mtuBytesInside(mtuBytes);
            int port = settings.underlay().port().orElse(config.backend().port());
            openDataPath(
                    new InetSocketAddress(Ipv4.toInetAddress(underlay.address()), port),
                    new OverlayAddress(config.network(), own.subnet(), mtuBytes));
        }
        SubnetFile.Content content = new SubnetFile.Content(
                config.network(), own.subnet(), mtuBytes, settings.host().ipMasq());
        subnetFile.write(content);
        joined = Optional.of(content);
    }

    /** The host has another subnet than before. */
    private void move(Lease own) throws HostException {
        SubnetFile.Content old = joined.orElseThrow();
        SubnetFile.Content content = new SubnetFile.Content(old.network(), own.subnet(), old.mtuBytes(), old.ipMasq());
        if (dataPath.isPresent()) {
            dataPath.get().move(new OverlayAddress(content.network(), content.subnet(), content.mtuBytes()));
        }
        subnetFile.write(content);
        joined = Optional.of(content);
        log.warn("the subnet is {} now; what runs in {} has to be started again", content.subnet(), old.subnet());
    }

    private void openDataPath(InetSocketAddress local, OverlayAddress address) throws HostException {
        DataPath opened = DataPath.open(settings, local, address, commands, phases);
        opened.onEnd(mailbox::onRefused);
        dataPath = Optional.of(opened);
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

    private void carry(RouteTable routes) {
        dataPath.ifPresent(carrier -> carrier.routes(routes));
        if (!isReady) {
            isReady = true;
            log.info("ready: {}", summary(routes.peers().size()));
        }
    }

    private String summary(int peers) {
        SubnetFile.Content content = joined.orElseThrow();
        String carrier = dataPath.map(path -> "device " + path.tunName()).orElse("no device (backend alloc)");
        return "subnet " + content.subnet() + " of " + content.network() + ", " + carrier + ", MTU "
                + content.mtuBytes() + ", " + peers + (peers == 1 ? " peer" : " peers");
    }
}
