package io.rudder.it.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.etcd.EtcdLeases;
import io.rudder.etcd.EtcdOptions;
import io.rudder.it.EtcdServer;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.overlay.Overlay;
import io.rudder.netty.testing.LocalTun;
import io.rudder.peer.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The library's overlay with its leases in a real etcd. */
@Timeout(120)
class OverlayInEtcdIT {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String CONFIG = "{\"Network\":\"10.5.0.0/16\",\"Backend\":{\"Type\":\"udp\",\"Port\":18285}}";

    private static Overlay started(EventLoopGroup group, EtcdServer etcd, String underlay) throws Exception {
        Overlay overlay = Overlay.builder()
                .group(group)
                .leases(new EtcdLeases(EtcdOptions.of(etcd.endpoint(), EtcdOptions.DEFAULT_PREFIX)))
                .underlay(InetAddress.getByName(underlay))
                .device(new LocalTun("local")::channel)
                .build();
        overlay.start();
        return overlay;
    }

    private static Ipv4Prefix subnet(Overlay overlay) throws Exception {
        return overlay.ready().get(BOUND.toSeconds(), TimeUnit.SECONDS).subnet().orElseThrow();
    }

    private static void close(Overlay overlay) throws Exception {
        overlay.close().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void nodesOfOneProcessLeaseSubnetsAndFindEachOther() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        try (EtcdServer etcd = EtcdServer.start()) {
            etcd.etcdctl("put", EtcdOptions.DEFAULT_PREFIX + "/config", CONFIG);
            Overlay one = started(group, etcd, "127.0.6.1");
            Overlay two = started(group, etcd, "127.0.6.2");
            Ipv4Prefix first = subnet(one);
            Ipv4Prefix second = subnet(two);
            await().atMost(BOUND)
                    .untilAsserted(() -> assertThat(one.status().peers())
                            .extracting(Peer::subnet)
                            .containsExactly(second));

            close(one);
            Overlay again = started(group, etcd, "127.0.6.1");
            assertThat(subnet(again)).isEqualTo(first);
            close(again);
            close(two);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
