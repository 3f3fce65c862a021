package io.rudder.netty.tunnel;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.probe.ControlMessages;
import io.rudder.netty.probe.PathMeasurements;
import io.rudder.netty.probe.Prober;
import io.rudder.netty.tun.TunChannel;
import io.rudder.netty.udp.UdpChannel;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.status.PeerTraffic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A running data path. All methods may be called from any thread. */
public final class Tunnel {
    private final List<DataLoop> loops;
    private final String tunName;
    private final RouteSource routes = new RouteSource();
    private final Optional<Prober> prober;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile boolean closing;

    Tunnel(List<DataLoop> loops, RouteTable initial, Optional<Duration> probeInterval) {
        this.loops = List.copyOf(loops);
        this.tunName = loops.get(0).tun().localAddress().name();
        routes(initial);
        this.prober = probeInterval.map(interval -> loops.get(0).probe(routes, interval));
        loops.forEach(loop -> loop.start(routes, controlMessagesOf(loop)));
        prober.ifPresent(Prober::start);
        CompletableFuture<?>[] channels = channels().map(this::whenClosed).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(channels).thenRun(() -> closed.complete(null));
    }

    private ControlMessages controlMessagesOf(DataLoop loop) {
        if (prober.isEmpty()) {
            return ControlMessages.NONE;
        }
        return loop == loops.get(0) ? prober.get() : prober.get().relay(loop.counters());
    }

    private Stream<Channel> channels() {
        return loops.stream().flatMap(loop -> Stream.of(loop.tun(), loop.udp()));
    }

    private CompletableFuture<Void> whenClosed(Channel channel) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        channel.closeFuture().addListener((Future<? super Void> ignored) -> {
            if (!closing) {
                closed.completeExceptionally(new IOException(ended(channel)));
                close();
            }
            done.complete(null);
        });
        return done;
    }

    private String ended(Channel channel) {
        return channel instanceof TunChannel ? "device " + tunName + " was deleted" : "its UDP socket was closed";
    }

    /** The name of the TUN device, as the kernel gave it. */
    public String tunName() {
        return tunName;
    }

    /** Where datagrams are received and sent from. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) loops.get(0).udp().localAddress();
    }

    /** The offloads in use, those of the first queue, which all have in common at the start. */
    public OffloadsInUse offloads() {
        return loops.get(0).offloads();
    }

    /** What is known of the ways to the peers; empty if they are not probed. */
    public Optional<PathMeasurements> paths() {
        return prober.map(paths -> paths);
    }

    /** How many loops carry packets. */
    public int queues() {
        return loops.size();
    }

    /** Carries packets by these routes from the next batch on. */
    public void routes(RouteTable table) {
        routes.publish(table);
        Set<Ipv4Prefix> subnets = table.peers().stream().map(Peer::subnet).collect(Collectors.toSet());
        loops.forEach(loop -> loop.retainPeers(subnets));
    }

    /** What was carried to and from each peer, by its subnet; those with which there was nothing yet may be missing. */
    public Map<Ipv4Prefix, PeerTraffic> traffic() {
        return Counters.traffic(loops.stream().map(DataLoop::counters).toList(), System.nanoTime());
    }

    /** The counters at this moment. */
    public Map<Counter, Long> counters() {
        return Counters.sum(loops.stream().map(DataLoop::counters).toList());
    }

    /**
     * Shows all packets to a tap from now on. Nobody pays for taps that are not there: the handlers that they need are
     * put into the pipelines here.
     *
     * @return detaches it
     */
    public Runnable attach(PacketTap tap) {
        List<TapHandlers> handlers =
                loops.stream().map(loop -> loop.tapHandlers(tap)).toList();
        handlers.forEach(TapHandlers::add);
        return () -> handlers.forEach(TapHandlers::remove);
    }

    /** Completes when the data path is closed, exceptionally if it ended by itself. */
    public CompletableFuture<Void> closeFuture() {
        return closed.copy();
    }

    /**
     * Ends this tunnel and keeps what it lives in: stops reading, sends what was read, and gives the descriptors, with
     * which another tunnel goes on, here or in another process. The kernel keeps packets meanwhile, as many as its
     * queues hold.
     *
     * @return exceptionally an {@link IOException} if the descriptors could not be kept, as those of a tunnel that is
     *     closed; it is closed then too
     */
    public CompletableFuture<TunnelDescriptors> release() {
        closing = true;
        List<CompletableFuture<TunnelDescriptors>> released =
                loops.stream().map(DataLoop::release).toList();
        return CompletableFuture.allOf(released.toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        // All or nothing: what some of the loops kept is of no use.
                        released.forEach(part -> part.thenAccept(TunnelDescriptors::close));
                    }
                })
                .thenApply(done -> TunnelDescriptors.together(
                        released.stream().map(CompletableFuture::join).toList()));
    }

    /**
     * What this tunnel lives in; the descriptors are its own, to be passed on but not to be closed.
     *
     * @throws IOException if it has ended, as when the device was deleted: their numbers may be those of other files
     */
    public TunnelDescriptors descriptors() throws IOException {
        TunnelDescriptors own = new TunnelDescriptors(
                loops.stream().map(loop -> loop.tun().fd()).toList(),
                loops.stream().map(loop -> ((UdpChannel) loop.udp()).fd()).toList());
        if (closing || !own.areOpen()) {
            throw new IOException("the tunnel has ended");
        }
        return own;
    }

    /** Closes the device, which removes it, and the socket; returns {@link #closeFuture}. */
    public CompletableFuture<Void> close() {
        closing = true;
        loops.forEach(DataLoop::close);
        return closeFuture();
    }
}
