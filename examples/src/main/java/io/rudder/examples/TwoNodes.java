package io.rudder.examples;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.lease.source.LeaseSource;
import io.rudder.lease.source.PeerList;
import io.rudder.lease.source.StaticLeases;
import io.rudder.netty.overlay.Overlay;
import io.rudder.netty.testing.LocalTun;
import io.rudder.status.Counter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Two nodes of one overlay in one process, with a list of peers in place of etcd and devices that need no root. */
public final class TwoNodes {
    private TwoNodes() {}

    /** Runs the example. */
    public static void main(String[] args) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        LeaseSource leases = new StaticLeases(PeerList.of(
                "10.5.0.0/16",
                PeerList.Host.of("10.5.34.0/24", "127.0.0.7"),
                PeerList.Host.of("10.5.71.0/24", "127.0.0.8")));
        LocalTun hostA = new LocalTun("a0");
        LocalTun hostB = new LocalTun("b0");
        Overlay a = start(group, leases, "127.0.0.7", hostA);
        Overlay b = start(group, leases, "127.0.0.8", hostB);
        System.out.println(
                "a has     " + a.ready().get(10, TimeUnit.SECONDS).subnet().orElseThrow());
        System.out.println(
                "b has     " + b.ready().get(10, TimeUnit.SECONDS).subnet().orElseThrow());

        byte[] packet = Packets.udp("10.5.34.2", "10.5.71.9", "hello");
        System.out.println("sent      " + Packets.describe(packet));
        hostA.send(packet);
        byte[] arrived = hostB.receive(Duration.ofSeconds(10)).orElseThrow();
        System.out.println("received  " + Packets.describe(arrived));

        a.close().get(10, TimeUnit.SECONDS);
        System.out.println("a sent    " + a.counters().get(Counter.ENCAP_PACKETS) + " packet");
        b.close().get(10, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private static Overlay start(EventLoopGroup group, LeaseSource leases, String underlay, LocalTun host)
            throws Exception {
        Overlay overlay = Overlay.builder()
                .group(group)
                .leases(leases)
                .underlay(InetAddress.getByName(underlay))
                .device(host::channel)
                .build();
        overlay.start();
        return overlay;
    }
}
