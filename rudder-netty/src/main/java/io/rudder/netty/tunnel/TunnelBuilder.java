package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.rudder.netty.tun.TunChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What can be decided about a tunnel, with leases above it or without.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>method</th><th>default</th></tr>
 * <tr><td>{@link #group}</td><td>required</td></tr>
 * <tr><td>{@link #tunName}</td><td>{@code rudder0}; {@code rudder%d} with leases</td></tr>
 * <tr><td>{@link #queues}</td><td>1</td></tr>
 * <tr><td>{@link #offload}</td><td>true</td></tr>
 * <tr><td>{@link #probeInterval}</td><td>none: peers are not probed</td></tr>
 * <tr><td>{@link #allocator}</td><td>not pooled, direct</td></tr>
 * <tr><td>{@link #device}</td><td>the kernel's TUN devices</td></tr>
 * <tr><td>{@link #tunHandler}, {@link #udpHandler}</td><td>none</td></tr>
 * </table>
 *
 * Not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract class TunnelBuilder<B extends TunnelBuilder<B>> {
    private EventLoopGroup group;
    private String tunName;
    private int queues = 1;
    private boolean offload = true;
    private Optional<Duration> probeInterval = Optional.empty();
    // Not pooled: the loops' few large buffers are used again by their owners, and copying into a buffer of the
    // adaptive allocator makes an object each time.
    private ByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private ChannelFactory<? extends TunChannel> device = TunChannel::new;
    private ChannelHandler tunHandler = new NoHandler();
    private ChannelHandler udpHandler = new NoHandler();

    /** All by default. */
    protected TunnelBuilder(String tunName) {
        this.tunName = tunName;
    }

    /** What was decided elsewhere, to be decided otherwise. */
    protected TunnelBuilder(TunnelSettings settings) {
        group = settings.group();
        tunName = settings.tunName();
        queues = settings.queues();
        offload = settings.offload();
        probeInterval = settings.probeInterval();
        allocator = settings.allocator();
        device = settings.device();
        tunHandler = settings.tunHandler();
        udpHandler = settings.udpHandler();
    }

    /** The loops that carry packets; of Netty's epoll transport, at least as many as {@link #queues}. */
    public B group(EventLoopGroup loops) {
        group = Objects.requireNonNull(loops, "loops");
        return self();
    }

    /** The name of the TUN device to make, at most 15 characters; a {@code %d} in it is numbered by the kernel. */
    public B tunName(String name) {
        tunName = Objects.requireNonNull(name, "name");
        return self();
    }

    /** Over how many loops to spread the packets; a flow stays on one of them. */
    public B queues(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("queues: " + count + " (expected: 1 or more)");
        }
        queues = count;
        return self();
    }

    /** Whether to use the kernel's offloads, as far as it has them. */
    public B offload(boolean use) {
        offload = use;
        return self();
    }

    /**
     * Probes the way to each peer so often, and answers the probes of peers. With more than 25 peers a second of the
     * interval it grows, so that never more than 25 probes a second are sent.
     */
    public B probeInterval(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("probeInterval: " + interval + " (expected: more than 0)");
        }
        probeInterval = Optional.of(interval);
        return self();
    }

    /** Where buffers come from. */
    public B allocator(ByteBufAllocator buffers) {
        allocator = Objects.requireNonNull(buffers, "buffers");
        return self();
    }

    /** What makes the device's channels, one for each queue: for a {@link io.rudder.netty.testing.LocalTun}. */
    public B device(ChannelFactory<? extends TunChannel> factory) {
        device = Objects.requireNonNull(factory, "factory");
        return self();
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
    public B tunHandler(ChannelHandler handler) {
        tunHandler = Objects.requireNonNull(handler, "handler");
        return self();
    }

    /**
     * What stands between the tunnel and the network: reads and writes are {@link
     * io.netty.channel.socket.DatagramPacket}s, several in one piece as {@link
     * io.netty.channel.unix.SegmentedDatagramPacket}. A write may be passed on at once or dropped, not held back. For the
     * rest see {@link #tunHandler}.
     */
    public B udpHandler(ChannelHandler handler) {
        udpHandler = Objects.requireNonNull(handler, "handler");
        return self();
    }

    /** What is decided so far. */
    protected final TunnelSettings settings() {
        Objects.requireNonNull(group, "group");
        return new TunnelSettings(
                group, tunName, offload, queues, probeInterval, allocator, device, tunHandler, udpHandler);
    }

    @SuppressWarnings("unchecked")
    private B self() {
        return (B) this;
    }
}
