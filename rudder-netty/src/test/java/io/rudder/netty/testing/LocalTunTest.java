package io.rudder.netty.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.netty.tun.TunAddress;
import io.rudder.netty.tun.TunChannel;
import io.rudder.netty.tun.TunChannelOption;
import io.rudder.netty.tun.TunOffload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalTunTest {
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final LocalTun tun = new LocalTun("local0");

    @AfterEach
    void shutDown() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Bootstrap bootstrap(ChannelHandler handler) {
        return new Bootstrap().group(loops).channelFactory(tun::channel).handler(handler);
    }

    private TunChannel bind(Bootstrap bootstrap) throws InterruptedException {
        return (TunChannel) bootstrap.bind(new TunAddress("tun%d")).sync().channel();
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }
    }

    @Test
    void keepsPacketsWholeAndInOrder() throws Exception {
        Channel channel = bind(
                bootstrap(new Echo()).option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65535)));
        assertThat(channel.localAddress()).isEqualTo(new TunAddress("local0"));
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            byte[] packet = new byte[20 + random.nextInt(9000)];
            random.nextBytes(packet);
            tun.send(packet);
            assertThat(tun.receive(BOUND)).get().isEqualTo(packet);
        }
        assertThat(tun.receive(Duration.ZERO)).isEmpty();
        channel.close().sync();
    }

    @Test
    void hasNoOffloads() throws Exception {
        TunChannel channel = bind(bootstrap(new Echo())
                .option(TunChannelOption.VNET_HDR, true)
                .option(TunChannelOption.OFFLOAD, TunOffload.TCP_AND_UDP)
                .option(TunChannelOption.MTU, 1400));
        assertThat(channel.config().hasVnetHeader()).isFalse();
        assertThat(channel.config().offload()).isEqualTo(TunOffload.NONE);
        assertThat(channel.config().mtu()).isEqualTo(1400);
        channel.close().sync();
    }

    @Test
    void aDeletedDeviceClosesTheChannelAlsoWhileNothingIsRead() throws Exception {
        Channel channel = bind(bootstrap(new Echo()).option(ChannelOption.AUTO_READ, false));
        tun.close();
        assertThat(channel.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        long thread =
                channel.eventLoop().submit(() -> Thread.currentThread().getId()).get();
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getThreadCpuTime(thread);
        channel.eventLoop().schedule(() -> {}, 300, TimeUnit.MILLISECONDS).sync();
        assertThat(threads.getThreadCpuTime(thread) - before).isLessThan(100_000_000L);
    }

    @Test
    void aHostThatDoesNotReadHoldsTheWriterBack() throws Exception {
        Channel channel = bind(bootstrap(new Echo()));
        List<ChannelFuture> writes = new ArrayList<>();
        int count = 2000;
        for (int i = 0; i < count; i++) {
            writes.add(
                    channel.writeAndFlush(Unpooled.directBuffer().writeZero(996).writeInt(i)));
        }
        channel.eventLoop().submit(() -> {}).sync();
        assertThat(channel.isWritable()).isFalse();
        for (int i = 0; i < count; i++) {
            ByteBuf packet = Unpooled.wrappedBuffer(tun.receive(BOUND).orElseThrow());
            assertThat(packet.getInt(996)).isEqualTo(i);
        }
        for (ChannelFuture write : writes) {
            assertThat(write.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(write.isSuccess()).isTrue();
        }
        assertThat(channel.isWritable()).isTrue();
        channel.close().sync();
    }

    @Test
    void tellsTheHostThatTheChannelIsClosed() throws Exception {
        bind(bootstrap(new Echo())).close().sync();
        assertThatThrownBy(() -> tun.receive(BOUND))
                .isInstanceOf(IOException.class)
                .hasMessage("the device has been closed");
        assertThatThrownBy(() -> tun.send(new byte[20])).isInstanceOf(IOException.class);
        tun.close();
    }
}
