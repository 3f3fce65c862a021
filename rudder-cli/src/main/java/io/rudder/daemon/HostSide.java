package io.rudder.daemon;

import io.netty.channel.EventLoopGroup;
import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.daemon.host.Commands;
import io.rudder.daemon.host.ExternalInterface;
import io.rudder.daemon.host.HostException;
import io.rudder.daemon.host.HostWatch;
import io.rudder.daemon.host.OverlayAddress;
import io.rudder.lease.Lease;
import io.rudder.net.Ipv4;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.netty.tunnel.TunnelDescriptors;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The overlay on this host: the data path and the subnet file, and both kept as they should be while others change the
 * host, and while the interface to the peers changes. Each look compares all there is with what should be, so it does
 * not matter which notification led to it, or whether one was lost. On the daemon's thread.
 */
final class HostSide {
    private static final Logger log = LoggerFactory.getLogger(HostSide.class);
    // Nobody tells of a changed kernel setting.
    private static final Duration SETTING_INTERVAL = Duration.ofMillis(500);
    private static final Duration LOOK_REST = Duration.ofMillis(200);
    // A look at the packet filter starts a program.
    private static final Duration FILTER_REST = Duration.ofMillis(500);

    private final DaemonSettings settings;
    private final SubnetFile subnetFile;
    private final Commands commands;
    private final Mailbox mailbox;
    private final IntConsumer onAddress;
    private final Counters counters = new Counters();
    private final RepairPace pace = new RepairPace(System::nanoTime, LOOK_REST);
    private final RepairPace filterPace = new RepairPace(System::nanoTime, FILTER_REST);
    private final RepairLog repairLog = new RepairLog(System::nanoTime);
    private ExternalInterface underlay;
    private int port;
    private boolean carries;
    private boolean opened;
    private boolean hearsFilter;
    private volatile Optional<SubnetFile.Content> wanted = Optional.empty();
    private Optional<SubnetFile.Content> written = Optional.empty();
    private volatile Optional<DataPath> dataPath = Optional.empty();

    /**
     * Nothing is made yet.
     *
     * @param onAddress hears of another address of the interface to the peers
     */
    HostSide(
            DaemonSettings settings,
            SubnetFile subnetFile,
            Commands commands,
            Mailbox mailbox,
            ExternalInterface underlay,
            IntConsumer onAddress) {
        this.settings = settings;
        this.subnetFile = subnetFile;
        this.commands = commands;
        this.mailbox = mailbox;
        this.underlay = underlay;
        this.onAddress = onAddress;
    }

    /** The lease is held. */
    void join(NetworkConfig config, Lease own) {
        port = settings.underlay().port().orElse(config.backend().port());
        carries = config.backend().type() == Backend.Type.UDP;
        wanted = Optional.of(new SubnetFile.Content(
                config.network(), own.subnet(), mtuBytes(), settings.host().ipMasq()));
    }

    /**
     * The peers are known: makes the data path, unless others carry the packets, or goes on with that of the daemon
     * before this one; then writes the subnet file.
     *
     * @param group of Netty's epoll transport; carries no packets
     */
    void open(RouteTable routes, Continuity continuity, EventLoopGroup group, Phases phases) throws HostException {
        if (carries) {
            Optional<TunnelDescriptors> inherited = continuity.inherit();
            DataPath.Start start =
                    new DataPath.Start(local(), address(), routes, inherited, continuity.hasPredecessor());
            dataPath = Optional.of(DataPath.open(settings, start, commands, phases, counters, new DataPath.Listener() {
                @Override
                public boolean onMaking() {
                    return continuity.making();
                }

                @Override
                public void onOpened(Tunnel tunnel) {
                    continuity.opened(tunnel);
                }

                @Override
                public void onEnded() {
                    mailbox.onHostChanged();
                }
            }));
            phases.onUndo("the socket for the next daemon", continuity::close);
            continuity.own(dataPath.get().tunnel());
            dataPath.get().own();
        }
        writeSubnetFile();
        HostWatch watch = HostWatch.open(group, content().network(), mailbox::onHostChanged, mailbox::onFilterChanged);
        phases.onUndo("the watch of the host", watch::close);
        hearsFilter = watch.hearsFilter();
        opened = true;
        // What changed between the making and the watching.
        pace.hint();
        filterPace.hint();
    }

    /** The host has another subnet than before. */
    void move(Lease own) throws HostException {
        SubnetFile.Content old = content();
        wanted = Optional.of(new SubnetFile.Content(old.network(), own.subnet(), old.mtuBytes(), old.ipMasq()));
        try {
            if (dataPath.isPresent()) {
                dataPath.get().move(address());
            }
            writeSubnetFile();
        } catch (HostException e) {
            // Neither a full disk nor a device that is just being made again is a reason to end: it is tried again.
            failed(e);
        }
        log.warn("the subnet is {} now; what runs in {} has to be started again", own.subnet(), old.subnet());
    }

    /** Carries packets by these routes from now on. */
    void routes(RouteTable routes) {
        dataPath.ifPresent(path -> path.routes(routes));
    }

    /** What this host has; only once it has joined. */
    SubnetFile.Content content() {
        return wanted.orElseThrow();
    }

    /** The data path; empty before the lease is held, and if others carry the packets. On any thread. */
    Optional<DataPath> dataPath() {
        return dataPath;
    }

    /** The tunnel at this moment. On any thread. */
    Optional<Tunnel> tunnel() {
        return dataPath.map(DataPath::tunnel);
    }

    /** The data path as the status shows it. On any thread. */
    Optional<DataPathView> view() {
        return dataPath.map(path ->
                new DataPathView(path.tunnel(), path.counters(), content().mtuBytes()));
    }

    /** What was counted about the host besides packets. On any thread. */
    Counters counters() {
        return counters;
    }

    /** That of the device and of containers. */
    private int mtuBytes() {
        return carries ? OverlayAddress.mtuBytesInside(underlay.mtuBytes()) : underlay.mtuBytes();
    }

    private InetSocketAddress local() {
        return new InetSocketAddress(Ipv4.toInetAddress(underlay.address()), port);
    }

    private OverlayAddress address() {
        SubnetFile.Content content = content();
        return new OverlayAddress(content.network(), content.subnet(), content.mtuBytes());
    }

    private void writeSubnetFile() throws HostException {
        if (!wanted.equals(written)) {
            subnetFile.write(content());
            if (settings.host().cniConfFile().isPresent()) {
                CniConfFile.write(settings.host().cniConfFile().get(), content());
            }
            written = wanted;
        }
    }

    /** Something changed on the host: it is looked at soon. */
    void hint() {
        pace.hint();
        if (!hearsFilter || dataPath.filter(path -> !path.filterIsWatched()).isPresent()) {
            filterHint();
        }
    }

    /** Something changed in the packet filter: it is looked at soon. */
    void filterHint() {
        filterPace.hint();
    }

    /** How long the host may be left alone. */
    long nanosUntilTick() {
        // nothing is looked at before the host is open: a pace, which waits for a look, would ask for one at once
        return opened
                ? Math.min(Math.min(pace.nanosLeft(), filterPace.nanosLeft()), SETTING_INTERVAL.toNanos())
                : SETTING_INTERVAL.toNanos();
    }

    /** Looks at the host if it is time, and always at what nobody tells of. */
    void tick() {
        if (!opened) {
            return;
        }
        if (pace.nanosLeft() <= 0) {
            look();
        } else {
            dataPath.filter(DataPath::repairSetting).ifPresent(path -> repaired(Counter.REPAIR_SETTING));
        }
        if (filterPace.nanosLeft() <= 0) {
            dataPath.ifPresent(DataPath::keepUp);
            filterPace.looked();
        }
    }

    private void look() {
        try {
            followUnderlay();
            List<Counter> repairs = dataPath.isPresent() ? dataPath.get().repair(local(), address()) : List.of();
            repairs.forEach(this::repaired);
            writeSubnetFile();
            pace.looked();
        } catch (HostException e) {
            failed(e);
        }
    }

    private void followUnderlay() throws HostException {
        ExternalInterface before = underlay;
        underlay = before.refreshed(settings.underlay().iface());
        if (underlay.address() != before.address()) {
            counters.increment(Counter.UNDERLAY_ADDRESS_CHANGES);
            log.warn(
                    "interface {} has address {} now instead of {}",
                    underlay.name(),
                    Ipv4.format(underlay.address()),
                    Ipv4.format(before.address()));
            onAddress.accept(underlay.address());
        }
        if (underlay.mtuBytes() != before.mtuBytes()) {
            counters.increment(Counter.UNDERLAY_MTU_CHANGES);
            log.warn(
                    "interface {} has an MTU of {} now instead of {}",
                    underlay.name(),
                    underlay.mtuBytes(),
                    before.mtuBytes());
            followMtu();
        }
    }

    private void followMtu() throws HostException {
        SubnetFile.Content old = content();
        wanted = Optional.of(new SubnetFile.Content(old.network(), old.subnet(), mtuBytes(), old.ipMasq()));
        if (dataPath.isPresent()) {
            dataPath.get().changeMtu(address());
        }
    }

    /** It is tried again at the next looks, which come at growing intervals. */
    private void failed(HostException failure) {
        counters.increment(Counter.REPAIR_FAILURES);
        repairLog.failed(failure.getMessage());
        pace.failed();
    }

    private void repaired(Counter repair) {
        counters.increment(repair);
        repairLog.repaired(repair);
    }
}
