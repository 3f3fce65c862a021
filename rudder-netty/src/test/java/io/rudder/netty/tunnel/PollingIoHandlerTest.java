package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PollingIoHandlerTest {
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(2, PollingIoHandler.newFactory(Duration.ofMillis(1)));

    @AfterEach
    void close() throws InterruptedException {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void carriesDatagramsBackAndForth() throws InterruptedException {
        CountDownLatch left = new CountDownLatch(20_000);
        Channel one = open(left);
        Channel other = open(left);
        other.writeAndFlush(
                new DatagramPacket(Unpooled.copyInt(1), (InetSocketAddress) one.localAddress()), other.voidPromise());

        assertThat(left.await(15, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void runsTasksAndTimersBetweenPackets() throws Exception {
        Channel one = open(new CountDownLatch(1));
        Channel other = open(new CountDownLatch(1));
        other.writeAndFlush(
                new DatagramPacket(Unpooled.copyInt(1), (InetSocketAddress) one.localAddress()), other.voidPromise());

        for (int i = 0; i < 1000; i++) {
            one.eventLoop().submit(() -> {}).get(5, TimeUnit.SECONDS);
            one.eventLoop()
                    .schedule(() -> {}, 10 * (i % 20), TimeUnit.MICROSECONDS)
                    .get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void asksWithoutSleepingAfterPacketsAndThenSleeps() {
        ScriptedEpoll epoll = new ScriptedEpoll();
        PollingIoHandler handler =
                new PollingIoHandler(epoll, new PollPolicy(Duration.ofMillis(20).toNanos()));
        epoll.handles = 1;
        for (int i = 0; i < 100; i++) {
            handler.run(new IdleLoop());
        }
        epoll.handles = 0;

        handler.run(new IdleLoop());
        assertThat(epoll.mayBlock).isFalse();
        long begun = System.nanoTime();
        while (!epoll.mayBlock) {
            handler.run(new IdleLoop());
            assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(10));
        }
    }

    @Test
    void refusesALimitThatIsNone() {
        assertThatThrownBy(() -> PollingIoHandler.newFactory(Duration.ZERO))
                .hasMessage("limit: PT0S (expected: more than 0, at most a second)");
    }

    /** Sends whatever comes back to where it came from. */
    private Channel open(CountDownLatch received) throws InterruptedException {
        return new Bootstrap()
                .group(loops)
                .channel(EpollDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                        received.countDown();
                        context.writeAndFlush(
                                new DatagramPacket(packet.content().retain(), packet.sender()), context.voidPromise());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    /** Says how many events it has handled, and hears whether it may sleep. */
    private static final class ScriptedEpoll implements IoHandler {
        private int handles;
        private boolean mayBlock;

        @Override
        public int run(IoHandlerContext context) {
            mayBlock = context.canBlock();
            return handles;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return false;
        }
    }

    private static final class IdleLoop implements IoHandlerContext {
        @Override
        public boolean canBlock() {
            return true;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }
}
