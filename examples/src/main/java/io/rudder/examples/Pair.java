package io.rudder.examples;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.lease.source.MemoryLeases;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.overlay.Overlay;
import io.rudder.netty.overlay.OverlayBuilder;
import io.rudder.netty.testing.LocalTun;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;

/** Two nodes of one process, the first of them with a handler between its host and the overlay. */
final class Pair implements AutoCloseable {
    final LocalTun a = new LocalTun("a0");
    final LocalTun b = new LocalTun("b0");
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final MemoryLeases leases = new MemoryLeases("{\"Network\":\"10.5.0.0/16\"}");
    private final Overlay nodeA;
    private final Overlay nodeB;

    Pair(ChannelHandler handler) throws Exception {
        leases.reserve(Ipv4Prefix.parse("10.5.34.0/24"), Ipv4.parse("127.0.0.7"));
        leases.reserve(Ipv4Prefix.parse("10.5.71.0/24"), Ipv4.parse("127.0.0.8"));
        nodeA = ready(node("127.0.0.7", a).tunHandler(handler));
        nodeB = ready(node("127.0.0.8", b));
    }

    private OverlayBuilder node(String underlay, LocalTun host) throws IOException {
        return Overlay.builder()
                .group(group)
                .leases(leases)
                .underlay(InetAddress.getByName(underlay))
                .device(host::channel);
    }

    private static Overlay ready(OverlayBuilder builder) throws Exception {
        Overlay overlay = builder.build();
        overlay.start();
        overlay.ready().get(10, TimeUnit.SECONDS);
        return overlay;
    }

    @Override
    public void close() {
        nodeA.close().orTimeout(10, TimeUnit.SECONDS).join();
        nodeB.close().orTimeout(10, TimeUnit.SECONDS).join();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
