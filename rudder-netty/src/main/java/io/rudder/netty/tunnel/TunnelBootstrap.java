package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.rudder.netty.tun.TunChannel;
import io.rudder.peer.RouteTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Makes a {@link Tunnel}: opens the TUN device and the UDP socket, and connects them.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>method</th><th>default</th></tr>
 * <tr><td>{@link #group}</td><td>required</td></tr>
 * <tr><td>{@link #underlay}</td><td>required</td></tr>
 * <tr><td>{@link #tunName}</td><td>{@code rudder0}</td></tr>
 * <tr><td>{@link #offload}</td><td>true</td></tr>
 * <tr><td>{@link #queues}</td><td>1</td></tr>
 * <tr><td>{@link #longQueues}</td><td>false</td></tr>
 * <tr><td>{@link #routes}</td><td>none: nothing is carried</td></tr>
 * <tr><td>{@link #inherit}</td><td>nothing: device and socket are made</td></tr>
 * <tr><td>{@link #probeInterval}</td><td>none: peers are not probed</td></tr>
 * <tr><td>{@link #allocator}</td><td>not pooled, direct</td></tr>
 * <tr><td>{@link #device}</td><td>the kernel's TUN devices</td></tr>
 * <tr><td>{@link #tunHandler}, {@link #udpHandler}</td><td>none</td></tr>
 * </table>
 *
 * Not thread-safe.
 */
public final class TunnelBootstrap {
    private EventLoopGroup group;
    private InetSocketAddress underlay;
    private String tunName = "rudder0";
    private boolean offload = true;
    private int queues = 1;
    private boolean longQueues;
    private Optional<Duration> probeInterval = Optional.empty();
    // Not pooled: the loops' few large buffers are used again by their owners, and copying into a buffer of the
    // adaptive allocator makes an object each time.
    private ByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private ChannelFactory<? extends TunChannel> device = TunChannel::new;
    private ChannelHandler tunHandler = new NoHandler();
    private ChannelHandler udpHandler = new NoHandler();
    private Optional<TunnelDescriptors> inherited = Optional.empty();
    private RouteTable routes = RouteTable.EMPTY;

    /** The loops that carry packets; of Netty's epoll transport, at least as many as {@link #queues}. */
    public TunnelBootstrap group(EventLoopGroup loops) {
        group = Objects.requireNonNull(loops, "loops");
        return this;
    }

    /** The name of the TUN device to make, at most 15 characters; a {@code %d} in it is numbered by the kernel. */
    public TunnelBootstrap tunName(String name) {
        tunName = Objects.requireNonNull(name, "name");
        return this;
    }

    /** The own address and port in the underlay: where datagrams are received and sent from. */
    public TunnelBootstrap underlay(InetSocketAddress address) {
        underlay = Objects.requireNonNull(address, "address");
        return this;
    }

    /** Whether to use the kernel's offloads, as far as it has them. */
    public TunnelBootstrap offload(boolean use) {
        offload = use;
        return this;
    }

    /** Over how many loops to spread the packets; a flow stays on one of them. */
    public TunnelBootstrap queues(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("queues: " + count + " (expected: 1 or more)");
        }
        queues = count;
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

    /** Where buffers come from. */
    public TunnelBootstrap allocator(ByteBufAllocator buffers) {
        allocator = Objects.requireNonNull(buffers, "buffers");
        return this;
    }

    /** What makes the device's channels, one for each queue: for a {@link io.rudder.netty.testing.LocalTun}. */
    public TunnelBootstrap device(ChannelFactory<? extends TunChannel> factory) {
        device = Objects.requireNonNull(factory, "factory");
        return this;
    }

    /**
     * What stands between the host and the tunnel: reads are the host's packets, writes are those that peers sent and
     * the tunnel's own ICMP errors. Each is a {@link io.netty.buffer.ByteBuf} with one packet, behind a {@code
     * virtio_net_hdr} if the channel has it, then up to 64 KiB long with its checksum still to be completed. A packet may
     * be changed, dropped, held back, or retained beyond the call. Writes come with a void promise. Exceptions and
     * {@code channelReadComplete} are to be passed on. {@link io.rudder.netty.tun.PacketFilter} does all that.
     *
     * @param handler a handler, or a {@link io.netty.channel.ChannelInitializer} that adds some; sharable if there are
     *     several queues
     */
    public TunnelBootstrap tunHandler(ChannelHandler handler) {
        tunHandler = Objects.requireNonNull(handler, "handler");
        return this;
    }

    /**
     * What stands between the tunnel and the network: reads and writes are {@link
     * io.netty.channel.socket.DatagramPacket}s, several in one piece as {@link
     * io.netty.channel.unix.SegmentedDatagramPacket}. A write may be passed on at once or dropped, not held back. For the
     * rest see {@link #tunHandler}.
     */
    public TunnelBootstrap udpHandler(ChannelHandler handler) {
        udpHandler = Objects.requireNonNull(handler, "handler");
        return this;
    }

    /**
     * Probes the way to each peer so often, and answers the probes of peers. With more than 25 peers a second of the
     * interval it grows, so that never more than 25 probes a second are sent.
     */
    public TunnelBootstrap probeInterval(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("probeInterval: " + interval + " (expected: more than 0)");
        }
        probeInterval = Optional.of(interval);
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
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(underlay, "underlay");
        DataLoopOptions options = new DataLoopOptions(
                underlay, offload, longQueues, queues > 1, allocator, device, tunHandler, udpHandler);
        int devices = inherited.map(all -> all.devices().size()).orElse(queues);
        if (devices != queues) {
            inherited.get().close();
            return CompletableFuture.failedFuture(
                    new IOException("the device that was handed over has " + devices + " queues, not " + queues));
        }
        List<DataLoop> open = new ArrayList<>();
        return openLoops(open, options, tunName)
                .thenApply(loops -> new Tunnel(loops, routes, probeInterval))
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
        if (open.size() == queues) {
            return CompletableFuture.completedFuture(open);
        }
        LoopDescriptors descriptors =
                inherited.map(all -> LoopDescriptors.of(all, open.size())).orElse(LoopDescriptors.NONE);
        return new DataLoop(group.next(), options, descriptors).open(name).thenCompose(loop -> {
            open.add(loop);
            return openLoops(open, options, loop.tun().localAddress().name());
        });
    }
}
