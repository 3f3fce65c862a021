package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.netty.testing.LocalTun;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a tunnel lives in has one owner at any time, also when only a part of it can be kept. */
@Timeout(60)
class TunnelReleaseTest {
    private static final int LOOPS = 2;
    private static final long BOUND_SECONDS = 20;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(LOOPS, EpollIoHandler.newFactory());
    private final List<LocalTun> devices = List.of(new LocalTun("rudder0"), new LocalTun("rudder0"));
    private final List<Channel> sockets = new CopyOnWriteArrayList<>();

    private Tunnel open() throws Exception {
        Deque<LocalTun> left = new ArrayDeque<>(devices);
        int port = freePort();
        return new TunnelBootstrap()
                .group(group)
                .queues(LOOPS)
                .underlay(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .device(() -> left.remove().channel())
                .udpHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        sockets.add(channel);
                    }

                    @Override
                    public boolean isSharable() {
                        return true;
                    }
                })
                .open()
                .get(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    private static int freePort() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The port can be had only while no descriptor of the tunnel's sockets is open. */
    private static void assertFree(InetSocketAddress address) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.bind(address);
            assertThat(socket.isBound()).isTrue();
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        devices.forEach(LocalTun::close);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void itIsGivenOnce() throws Exception {
        Tunnel tunnel = open();
        InetSocketAddress address = tunnel.localAddress();
        TunnelDescriptors kept = tunnel.release().get(BOUND_SECONDS, TimeUnit.SECONDS);
        assertThat(kept.devices()).hasSize(LOOPS);
        assertThat(kept.sockets()).hasSize(LOOPS);

        CompletableFuture<TunnelDescriptors> again = tunnel.release();

        assertThatThrownBy(() -> again.get(BOUND_SECONDS, TimeUnit.SECONDS)).hasMessageContaining("closed");
        assertThat(tunnel.closeFuture()).isCompleted();
        kept.close();
        assertFree(address);
    }

    @Test
    void whatOneLoopKeptIsClosedIfAnotherKeptNothing() throws Exception {
        Tunnel tunnel = open();
        InetSocketAddress address = tunnel.localAddress();
        Channel second = sockets.get(1);
        CountDownLatch asked = new CountDownLatch(1);
        second.eventLoop().execute(() -> await(asked));
        second.close();

        CompletableFuture<TunnelDescriptors> released = tunnel.release();
        asked.countDown();

        assertThatThrownBy(() -> released.get(BOUND_SECONDS, TimeUnit.SECONDS)).hasMessageContaining("closed");
        tunnel.closeFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
        assertFree(address);
    }

    /** What has the numbers of its descriptors by then is not its own to give. */
    @Test
    void aTunnelThatHasEndedHasNothingToPassOn() throws Exception {
        Tunnel tunnel = open();
        assertThat(tunnel.descriptors().devices()).hasSize(LOOPS);
        sockets.get(1).close();
        assertThatThrownBy(() -> tunnel.closeFuture().get(BOUND_SECONDS, TimeUnit.SECONDS))
                .hasMessageContaining("socket was closed");
        assertThatThrownBy(tunnel::descriptors).hasMessageContaining("has ended");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
