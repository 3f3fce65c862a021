package io.rudder.netty.tunnel;

import io.rudder.peer.RouteTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Makes a {@link Tunnel}: opens the TUN device and the UDP socket, and connects them.
 *
 * <table>
 * <caption>Settings besides those of {@link TunnelBuilder}</caption>
 * <tr><th>method</th><th>default</th></tr>
 * <tr><td>{@link #underlay}</td><td>required</td></tr>
 * <tr><td>{@link #longQueues}</td><td>false</td></tr>
 * <tr><td>{@link #routes}</td><td>none: nothing is carried</td></tr>
 * <tr><td>{@link #inherit}</td><td>nothing: device and socket are made</td></tr>
 * </table>
 *
 * Not thread-safe.
 */
public final class TunnelBootstrap extends TunnelBuilder<TunnelBootstrap> {
    private InetSocketAddress underlay;
    private boolean longQueues;
    private Optional<TunnelDescriptors> inherited = Optional.empty();
    private RouteTable routes = RouteTable.EMPTY;

    /** All by default. */
    public TunnelBootstrap() {
        super("rudder0");
    }

    /** With what another builder was told. */
    public TunnelBootstrap(TunnelSettings settings) {
        super(settings);
    }

    /** The own address and port in the underlay: where datagrams are received and sent from. */
    public TunnelBootstrap underlay(InetSocketAddress address) {
        underlay = Objects.requireNonNull(address, "address");
        return this;
    }

    /**
     * Whether the kernel is to keep packets for seconds while nobody reads, for a tunnel that goes on in another process
     * after this one has ended. Where more comes than can be carried, packets wait that much longer.
     */
    public TunnelBootstrap longQueues(boolean keep) {
        longQueues = keep;
        return this;
    }

    /** What is carried from the first packet on; without it, nothing is until {@link Tunnel#routes}. */
    public TunnelBootstrap routes(RouteTable initial) {
        routes = Objects.requireNonNull(initial, "initial");
        return this;
    }

    /**
     * Goes on with the device, and the socket if there is one, of a tunnel that was released. Name, queues, offloads and
     * underlay must be the same as there; if opening fails, the descriptors are closed.
     */
    public TunnelBootstrap inherit(TunnelDescriptors descriptors) {
        inherited = Optional.of(descriptors);
        return this;
    }

    /**
     * Opens device and socket. The device has no address yet and is down.
     *
     * @return the data path; exceptionally an {@link java.io.IOException} with one line fit for an operator, for
     *     example when the port is taken or {@code /dev/net/tun} may not be opened
     */
    public CompletableFuture<Tunnel> open() {
        TunnelSettings settings = settings();
        Objects.requireNonNull(underlay, "underlay");
        int queues = settings.queues();
        int devices = inherited.map(all -> all.devices().size()).orElse(queues);
        if (devices != queues) {
            inherited.get().close();
            return CompletableFuture.failedFuture(
                    new IOException("the device that was handed over has " + devices + " queues, not " + queues));
        }
        List<DataLoop> open = new ArrayList<>();
        return openLoops(open, new DataLoopOptions(settings, underlay, longQueues), settings.tunName())
                .thenApply(loops -> new Tunnel(loops, routes, settings.probeInterval()))
                .whenComplete((tunnel, failure) -> {
                    if (failure != null) {
                        open.forEach(DataLoop::close);
                        // Of those that a loop took over nothing is left here to be closed.
                        inherited.ifPresent(TunnelDescriptors::close);
                    }
                });
    }

    /** One after the other: the first one makes the device, the others attach to it by the name that it got. */
    private CompletableFuture<List<DataLoop>> openLoops(List<DataLoop> open, DataLoopOptions options, String name) {
        if (open.size() == options.settings().queues()) {
            return CompletableFuture.completedFuture(open);
        }
        LoopDescriptors descriptors =
                inherited.map(all -> LoopDescriptors.of(all, open.size())).orElse(LoopDescriptors.NONE);
        return new DataLoop(options.settings().group().next(), options, descriptors)
                .open(name)
                .thenCompose(loop -> {
                    open.add(loop);
                    return openLoops(open, options, loop.tun().localAddress().name());
                });
    }
}
