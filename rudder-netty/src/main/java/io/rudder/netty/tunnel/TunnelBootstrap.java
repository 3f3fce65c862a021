package io.rudder.netty.tunnel;

import io.netty.channel.EventLoopGroup;
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
 * <tr><td>{@link #probeInterval}</td><td>none: peers are not probed</td></tr>
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
    private Optional<Duration> probeInterval = Optional.empty();

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

    /**
     * Opens device and socket. The device has no address yet and is down.
     *
     * @return the data path; exceptionally an {@link java.io.IOException} with one line fit for an operator, for
     *     example when the port is taken or {@code /dev/net/tun} may not be opened
     */
    public CompletableFuture<Tunnel> open() {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(underlay, "underlay");
        DataLoopOptions options = new DataLoopOptions(underlay, offload, queues > 1);
        return openLoops(new ArrayList<>(), options, tunName).thenApply(loops -> new Tunnel(loops, probeInterval));
    }

    /** One after the other: the first one makes the device, the others attach to it by the name that it got. */
    private CompletableFuture<List<DataLoop>> openLoops(List<DataLoop> open, DataLoopOptions options, String name) {
        if (open.size() == queues) {
            return CompletableFuture.completedFuture(open);
        }
        return new DataLoop(group.next(), options)
                .open(name)
                .whenComplete((loop, failure) -> {
                    if (failure != null) {
                        open.forEach(DataLoop::close);
                    }
                })
                .thenCompose(loop -> {
                    open.add(loop);
                    return openLoops(open, options, loop.tun().localAddress().name());
                });
    }
}
