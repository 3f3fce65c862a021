package io.rudder.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import io.rudder.daemon.admin.LoopPulse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service manager is a Unix socket: here is a real one. */
class SystemdNotifierTest {
    private static final long BOUND_SECONDS = 15;

    @TempDir
    Path folder;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws InterruptedException {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    private Channel listen(String path) throws InterruptedException {
        return new Bootstrap()
                .group(group)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        heard.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(path))
                .sync()
                .channel();
    }

    private String next() throws InterruptedException {
        return heard.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    private SystemdNotifier notifier(String socket) {
        return SystemdNotifier.open(group, Map.of("NOTIFY_SOCKET", socket));
    }

    @Test
    void tellsASocketAtAPath() throws Exception {
        String path = folder.resolve("notify").toString();
        listen(path);
        SystemdNotifier notifier = notifier(path);

        notifier.ready("10.0.34.0/24\n2 peers");
        assertThat(next()).isEqualTo("READY=1\nSTATUS=10.0.34.0/24 2 peers");
        notifier.status("3 peers");
        notifier.status("4 peers");
        assertThat(next()).isEqualTo("STATUS=4 peers");
        notifier.watchdog();
        assertThat(next()).isEqualTo("WATCHDOG=1");
        notifier.stopping("the lease is kept");
        assertThat(next()).isEqualTo("STOPPING=1\nSTATUS=the lease is kept");
    }

    @Test
    void tellsAnAbstractSocket() throws Exception {
        String name = "rudder-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        listen("\0" + name);

        notifier("@" + name).ready("ready");

        assertThat(next()).isEqualTo("READY=1\nSTATUS=ready");
    }

    @Test
    void tellsNobodyWhereNobodyListens() {
        assertThat(SystemdNotifier.open(group, Map.of()).isConnected()).isFalse();
        assertThat(notifier("vsock:2:1").isConnected()).isFalse();
        SystemdNotifier deaf = notifier(folder.resolve("absent").toString());
        deaf.ready("ready");
        deaf.stopping("");
        deaf.close();
        assertThat(deaf.isConnected()).isFalse();
    }

    @Test
    void feedsTheWatchdogWhileEveryLoopTurns() throws Exception {
        String path = folder.resolve("notify").toString();
        listen(path);
        EventLoop watched = group.next();
        LoopPulse pulse = new LoopPulse(System::nanoTime);
        pulse.watch("data", watched);
        MultiThreadIoEventLoopGroup own = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            SystemdNotifier notifier = SystemdNotifier.open(own, Map.of("NOTIFY_SOCKET", path));
            Watchdog.start(own.next(), pulse, notifier, Duration.ofMillis(200));
            assertThat(next()).isEqualTo("WATCHDOG=1");
            assertThat(next()).isEqualTo("WATCHDOG=1");

            pulse.watch("stuck", task -> {});
            assertThat(silentWithin(Duration.ofSeconds(BOUND_SECONDS), Duration.ofMillis(400)))
                    .isTrue();
        } finally {
            own.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(BOUND_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Whether nothing was heard for {@code silence} at some time within {@code bound}. */
    private boolean silentWithin(Duration bound, Duration silence) throws InterruptedException {
        long deadline = System.nanoTime() + bound.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (heard.poll(silence.toMillis(), TimeUnit.MILLISECONDS) == null) {
                return true;
            }
        }
        return false;
    }

    @Test
    void isWatchedOnlyIfTheServiceManagerSaysSo() {
        assertThat(Watchdog.limit(Map.of("WATCHDOG_USEC", "30000000"), 7)).contains(Duration.ofSeconds(30));
        assertThat(Watchdog.limit(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "7"), 7))
                .contains(Duration.ofSeconds(30));
        assertThat(Watchdog.limit(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "8"), 7))
                .isEmpty();
        assertThat(Watchdog.limit(Map.of("WATCHDOG_USEC", "soon"), 7)).isEmpty();
        assertThat(Watchdog.limit(Map.of(), 7)).isEmpty();
    }
}
