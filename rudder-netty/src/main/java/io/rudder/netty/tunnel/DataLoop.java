package io.rudder.netty.tunnel;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.Future;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.linux.Descriptors;
import io.rudder.netty.linux.NetworkDevice;
import io.rudder.netty.linux.TunDevice;
import io.rudder.netty.linux.UdpSocket;
import io.rudder.netty.offload.Coalescer;
import io.rudder.netty.offload.PacketSink;
import io.rudder.netty.offload.PathMtus;
import io.rudder.netty.offload.PlainSink;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.probe.ControlMessages;
import io.rudder.netty.probe.KernelPathMtu;
import io.rudder.netty.probe.Prober;
import io.rudder.netty.tun.TunAddress;
import io.rudder.netty.tun.TunChannel;
import io.rudder.netty.tun.TunChannelOption;
import io.rudder.netty.tun.TunOffload;
import io.rudder.netty.udp.UdpChannel;
import io.rudder.netty.udp.UdpChannelConfig;
import io.rudder.status.Counters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One loop's share of the data path: a TUN queue, a UDP socket and the handlers between them, all on one event loop, so
 * that nothing in the way of a packet is shared with another thread.
 */
final class DataLoop {
    private static final Logger log = LoggerFactory.getLogger(DataLoop.class);
    // A datagram, or as many as the kernel's UDP GRO puts together; the same for TUN reads, with virtio_net_hdr.
    private static final int READ_BUFFER_BYTES = 65536 + 16;
    // Bounds how long one direction keeps the loop from the other: each may be 64 KiB, which takes some 50 us.
    private static final int BYTES_PER_TURN = 16 * 65536;
    // As many small packets as one UDP GSO send takes.
    private static final int READS_PER_TURN = 64;
    // The default of 208 KiB holds two or three super-packets; the FORCE options (socket(7), SOL_SOCKET is 1) go beyond
    // the limit of net.core.rmem_max and wmem_max, with CAP_NET_ADMIN.
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final ChannelOption<Integer> SO_REUSEPORT = new IntegerUnixChannelOption("SO_REUSEPORT", 1, 15);
    private static final ChannelOption<Integer> SO_SNDBUFFORCE = new IntegerUnixChannelOption("SO_SNDBUFFORCE", 1, 32);
    private static final ChannelOption<Integer> SO_RCVBUFFORCE = new IntegerUnixChannelOption("SO_RCVBUFFORCE", 1, 33);
    // ip(7), level 0: every datagram carries "don't fragment", and one too long for its path is refused rather than
    // cut: 2 is IP_PMTUDISC_DO.
    private static final ChannelOption<Integer> IP_MTU_DISCOVER =
            new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0, 10);
    private static final int IP_PMTUDISC_DO = 2;
    // What long queues hold: two seconds of 10,000 packets a second in the device, and more of small ones in the
    // socket.
    private static final int LONG_QUEUE_PACKETS = 20_000;
    private static final int LONG_BUFFER_BYTES = 32 << 20;
    private static final long DRAIN_LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    // What may wait for a socket that is full, before packets are dropped.
    private static final WriteBufferWaterMark BACKLOG = new WriteBufferWaterMark(1 << 20, 4 << 20);

    private final Counters counters = new Counters();
    private final EventLoop loop;
    private final DataLoopOptions options;
    private final TunnelSettings settings;
    private final LoopDescriptors inherited;
    private Channel udp;
    private TunChannel tun;
    private boolean udpCoalescing;
    private volatile SegmentBatch batch;

    DataLoop(EventLoop loop, DataLoopOptions options, LoopDescriptors inherited) {
        this.loop = loop;
        this.options = options;
        this.settings = options.settings();
        this.inherited = inherited;
    }

    /** Opens device and socket; nothing is read before {@link #start}. */
    CompletableFuture<DataLoop> open(String tunName) {
        return bindTun(tunName)
                .thenCompose(channel -> {
                    tun = (TunChannel) channel;
                    if (options.longQueues() && inherited.device().isEmpty()) {
                        lengthenQueue();
                    }
                    return bindUdp();
                })
                .thenApply(channel -> {
                    udp = channel;
                    tuneSocket();
                    return this;
                })
                .whenComplete((self, failure) -> {
                    if (failure != null) {
                        close();
                    }
                });
    }

    private CompletableFuture<Channel> bindUdp() {
        InetSocketAddress address = options.underlay();
        ChannelFuture bound = new Bootstrap()
                .group(loop)
                .channelFactory(this::newUdpChannel)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOCATOR, settings.allocator())
                .option(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, BACKLOG)
                .option(ChannelOption.MESSAGE_SIZE_ESTIMATOR, new HeldMemory())
                .option(SO_REUSEPORT, settings.isShared() ? 1 : 0)
                .option(IP_MTU_DISCOVER, IP_PMTUDISC_DO)
                .handler(settings.udpHandler())
                .bind(address);
        return completable(
                bound,
                "cannot receive on UDP " + address.getAddress().getHostAddress() + ":" + address.getPort()
                        + " (does another process have the port, or no interface the address?)");
    }

    /** What makes the socket faster, each where the kernel and the process's rights allow it. */
    private void tuneSocket() {
        if (!accepts(SO_SNDBUFFORCE, SOCKET_BUFFER_BYTES)) {
            accepts(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES);
        }
        int receiveBytes = options.longQueues() ? LONG_BUFFER_BYTES : SOCKET_BUFFER_BYTES;
        if (!accepts(SO_RCVBUFFORCE, receiveBytes)) {
            accepts(ChannelOption.SO_RCVBUF, receiveBytes);
        }
        udpCoalescing = settings.offload() && accepts(UdpChannelConfig.UDP_GRO, 1);
    }

    private <T> boolean accepts(ChannelOption<T> option, T value) {
        try {
            return udp.config().setOption(option, value);
        } catch (ChannelException e) {
            log.debug("UDP socket without {}: {}", option, e.getMessage());
            return false;
        }
    }

    private CompletableFuture<Channel> bindTun(String name) {
        ChannelFuture bound;
        try {
            bound = new Bootstrap()
                    .group(loop)
                    .channelFactory(this::newTunChannel)
                    .option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.ALLOCATOR, settings.allocator())
                    .option(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, BACKLOG)
                    .option(TunChannelOption.VNET_HDR, settings.offload())
                    .option(TunChannelOption.OFFLOAD, settings.offload() ? TunOffload.TCP_AND_UDP : TunOffload.NONE)
                    .option(TunChannelOption.MULTI_QUEUE, settings.isShared())
                    .handler(settings.tunHandler())
                    .bind(new TunAddress(name));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return completable(bound, "");
    }

    private TunChannel newTunChannel() {
        try {
            return inherited.device().isPresent()
                    ? new TunChannel(TunDevice.adopt(inherited.device().get()))
                    : settings.device().newChannel();
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
    }

    private UdpChannel newUdpChannel() {
        try {
            return inherited.socket().isPresent()
                    ? new UdpChannel(UdpSocket.adopt(inherited.socket().get()))
                    : new UdpChannel();
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
    }

    private static ReusingBufferAllocator readBuffers() {
        return new ReusingBufferAllocator(READ_BUFFER_BYTES, READS_PER_TURN, BYTES_PER_TURN);
    }

    private static CompletableFuture<Channel> completable(ChannelFuture future, String context) {
        CompletableFuture<Channel> result = new CompletableFuture<>();
        future.addListener((Future<? super Void> done) -> {
            if (done.isSuccess()) {
                result.complete(future.channel());
            } else {
                result.completeExceptionally(new CompletionException(oneLine(done.cause(), context)));
            }
        });
        return result;
    }

    private static IOException oneLine(Throwable cause, String context) {
        Throwable root = cause;
        while (root.getCause() != null && !(root instanceof IOException)) {
            root = root.getCause();
        }
        String reason = root.getMessage();
        return new IOException(context.isEmpty() ? reason : context + ": " + reason, cause);
    }

    /**
     * Connects the two channels and begins to carry packets.
     *
     * @param control what takes datagrams of peers that are too short for a packet
     */
    void start(RouteSource routes, ControlMessages control) {
        loop.execute(() -> {
            boolean vnetHeader = tun.config().hasVnetHeader();
            // A kernel that gives super-packets of UDP also takes them.
            boolean joinsUdp = tun.config().offload() == TunOffload.TCP_AND_UDP;
            IcmpResponder icmp = new IcmpResponder(tun, vnetHeader, counters, System::nanoTime);
            PathMtus pathMtus = new PathMtus(System::nanoTime, PathMtus::askKernel);
            batch = new SegmentBatch(
                    udp,
                    counters,
                    pathMtus,
                    (packet, offset, length, mtu) ->
                            icmp.fragmentationNeeded(routes.current(), packet, offset, length, mtu),
                    sendsSegments());
            PacketSink sink = vnetHeader ? new Coalescer(tun, counters, joinsUdp) : new PlainSink(tun, counters);
            tun.pipeline().addLast("encap", new EncapHandler(routes, batch, pathMtus, icmp, counters, vnetHeader));
            udp.pipeline().addLast("decap", new DecapHandler(routes, sink, batch, control, counters));
            tun.config().setAutoRead(true);
            udp.config().setAutoRead(true);
        });
    }

    /** Probes peers through this loop's socket, once the loop carries packets. */
    Prober probe(RouteSource routes, Duration leastInterval) {
        KernelPathMtu pathMtu = new KernelPathMtu();
        udp.closeFuture().addListener((Future<? super Void> closed) -> pathMtu.close());
        return new Prober(udp, routes::current, pathMtu, leastInterval, counters, System::nanoTime);
    }

    OffloadsInUse offloads() {
        SegmentBatch started = batch;
        boolean udpSegmentation = started == null ? sendsSegments() : started.usesSegmentationOffload();
        return new OffloadsInUse(tun.config().offload(), udpSegmentation, udpCoalescing);
    }

    private boolean sendsSegments() {
        return settings.offload();
    }

    /** Counts for these peers alone from now on. */
    void retainPeers(Set<Ipv4Prefix> subnets) {
        loop.execute(() -> counters.retainPeers(subnets));
    }

    TapHandlers tapHandlers(PacketTap tap) {
        return new TapHandlers(loop, tun, udp, tun.config().hasVnetHeader(), tap);
    }

    Counters counters() {
        return counters;
    }

    TunChannel tun() {
        return tun;
    }

    Channel udp() {
        return udp;
    }

    /**
     * Stops reading, sends what was read, and closes both channels, whose descriptors live on as the result.
     *
     * @return exceptionally an {@link IOException} if they could not be kept; the channels are closed in any case
     */
    CompletableFuture<TunnelDescriptors> release() {
        CompletableFuture<TunnelDescriptors> released = new CompletableFuture<>();
        loop.execute(() -> {
            if (!tun.isOpen() || !udp.isOpen()) {
                // Others may have descriptors of the same numbers, and a device of the same name.
                close();
                released.completeExceptionally(new IOException("the tunnel is closed"));
                return;
            }
            tun.config().setAutoRead(false);
            udp.config().setAutoRead(false);
            long deadline = System.nanoTime() + DRAIN_LIMIT_NANOS;
            drainAndDetach(released, deadline);
        });
        return released;
    }

    /** Before the device is up: the kernel drops what comes while a queue changes its length. */
    private void lengthenQueue() {
        try {
            new NetworkDevice(tun.localAddress().name()).queueLength(LONG_QUEUE_PACKETS);
        } catch (IOException e) {
            log.debug("the queue stays as it is: {}", e.getMessage());
        }
    }

    private void drainAndDetach(CompletableFuture<TunnelDescriptors> released, long deadlineNanos) {
        if (hasUnsent() && System.nanoTime() - deadlineNanos < 0) {
            loop.schedule(() -> drainAndDetach(released, deadlineNanos), 1, TimeUnit.MILLISECONDS);
            return;
        }
        try {
            TunnelDescriptors kept = keptDescriptors();
            close();
            released.complete(kept);
        } catch (IOException e) {
            close();
            released.completeExceptionally(e);
        }
    }

    private TunnelDescriptors keptDescriptors() throws IOException {
        FileDescriptor device = Descriptors.duplicate(tun.fd());
        try {
            return new TunnelDescriptors(List.of(device), List.of(Descriptors.duplicate(((UdpChannel) udp).fd())));
        } catch (IOException e) {
            device.close();
            throw e;
        }
    }

    private boolean hasUnsent() {
        ChannelOutboundBuffer waiting = udp.unsafe().outboundBuffer();
        return waiting != null && !waiting.isEmpty();
    }

    void close() {
        if (tun != null) {
            tun.close();
        }
        if (udp != null) {
            udp.close();
        }
    }
}
