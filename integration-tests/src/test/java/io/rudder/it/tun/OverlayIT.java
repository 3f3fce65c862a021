package io.rudder.it.tun;

import static io.rudder.it.tun.OwnNetwork.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.lease.source.PeerList;
import io.rudder.lease.source.StaticLeases;
import io.rudder.net.Ipv4;
import io.rudder.netty.overlay.Overlay;
import io.rudder.netty.overlay.OverlayBuilder;
import io.rudder.netty.overlay.OverlayStatus;
import io.rudder.netty.testing.LocalTun;
import io.rudder.status.Counter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library's overlay on a real device: the other node is in the same process and has none. */
@ExtendWith(OwnNetwork.class)
@Timeout(60)
class OverlayIT {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final StaticLeases leases = new StaticLeases(PeerList.of(
            "10.5.0.0/16", PeerList.Host.of("10.5.0.0/24", "127.0.5.1"), PeerList.Host.of("10.5.2.0/24", "127.0.5.2")));

    private OverlayBuilder builder(EventLoopGroup group, String underlay) throws Exception {
        return Overlay.builder().group(group).leases(leases).underlay(InetAddress.getByName(underlay));
    }

    private static OverlayStatus ready(Overlay overlay) throws Exception {
        overlay.start();
        return overlay.ready().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void programsOnTheHostReachTheOtherNode(int queues) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(queues, EpollIoHandler.newFactory());
        LocalTun far = new LocalTun("far");
        Overlay here = builder(group, "127.0.5.1").queues(queues).build();
        Overlay there = builder(group, "127.0.5.2").device(far::channel).build();
        assertThat(ready(here).tunName()).contains("rudder0");
        ready(there);
        assertThat(run("ip -4 address show rudder0")).contains("inet 10.5.0.0/32", "mtu 65507");
        assertThat(run("ip -4 route show dev rudder0")).contains("10.5.0.0/16");

        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("10.5.0.0", 0))) {
            socket.setSoTimeout((int) BOUND.toMillis());
            socket.send(new DatagramPacket("hello".getBytes(), 5, new InetSocketAddress("10.5.2.9", 7)));
            far.send(answer(far.receive(BOUND).orElseThrow()));
            DatagramPacket received = new DatagramPacket(new byte[100], 100);
            socket.receive(received);
            assertThat(new String(received.getData(), 0, received.getLength())).isEqualTo("hello");
            assertThat(received.getAddress()).isEqualTo(InetAddress.getByName("10.5.2.9"));

            // Nobody has that subnet, which the node tells the host.
            socket.send(new DatagramPacket(new byte[1], 1, new InetSocketAddress("10.5.3.1", 7)));
            await().atMost(BOUND).until(() -> here.counters().get(Counter.ICMP_UNREACHABLE_SENT) == 1);
        }
        here.close().get(20, TimeUnit.SECONDS);
        there.close().get(20, TimeUnit.SECONDS);
        assertThat(run("ip -o link show")).doesNotContain("rudder0");
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** The packet back to its sender, which leaves its checksums as they are. */
    private static byte[] answer(byte[] packet) {
        ByteBuf buffer = Unpooled.wrappedBuffer(packet);
        int source = buffer.getInt(12);
        int sourcePort = buffer.getUnsignedShort(20);
        assertThat(Ipv4.format(source)).isEqualTo("10.5.0.0");
        buffer.setInt(12, buffer.getInt(16)).setInt(16, source);
        buffer.setShort(20, buffer.getShort(22)).setShort(22, sourcePort);
        return packet;
    }
}
