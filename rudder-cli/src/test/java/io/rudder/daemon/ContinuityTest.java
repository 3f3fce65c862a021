package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.rudder.daemon.handover.HandOverServer;
import io.rudder.daemon.handover.Successor;
import io.rudder.daemon.systemd.SystemdNotifier;
import io.rudder.lease.LeasePolicy;
import io.rudder.netty.tunnel.TunnelDescriptors;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon after another one, whose end of a real Unix socket the test has, with pipes for the tunnel. */
class ContinuityTest {
    private static final long BOUND_SECONDS = 15;
    // Longer than a daemon usually needs for its end.
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(6);

    @TempDir
    Path folder;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final EventLoopGroup other = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Mailbox mailbox = new Mailbox();

    @AfterEach
    void close() throws InterruptedException {
        for (EventLoopGroup each : List.of(group, other)) {
            each.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(BOUND_SECONDS, TimeUnit.SECONDS);
        }
    }

    private Path socket() {
        return folder.resolve("hand-over.sock");
    }

    private Continuity continuity() {
        DaemonSettings settings = new DaemonSettings(
                null,
                Optional.empty(),
                new DaemonSettings.Underlay(Optional.empty(), Optional.empty(), Optional.empty()),
                new DaemonSettings.Host(
                        "rudder0",
                        folder,
                        folder.resolve("subnet.env"),
                        Optional.empty(),
                        folder,
                        false,
                        new DaemonSettings.Restart(socket(), true, false)),
                new DaemonSettings.Carriage(true, 1, false, Optional.empty(), Optional.empty()),
                new DaemonSettings.Leasing(
                        Duration.ofHours(1), false, LeasePolicy.OnLost.FENCE, Optional.empty(), false, false),
                Optional.empty());
        return new Continuity(settings, group, SystemdNotifier.open(group, Map.of()), mailbox);
    }

    /** Its control socket is there until it has ended; a try to open another one would end this daemon. */
    @Test
    void aPredecessorThatIsSlowToEndIsWaitedForWithoutStandingStill() throws Exception {
        CompletableFuture<Successor> asked = new CompletableFuture<>();
        HandOverServer server = HandOverServer.open(other, socket(), asked::complete);
        FileDescriptor[] pipe = FileDescriptor.pipe();
        CompletableFuture<Void> given = asked.thenAcceptAsync(successor -> {
            try {
                successor.give(new TunnelDescriptors(List.of(pipe[0]), List.of(pipe[1])));
            } catch (Exception e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
        Continuity continuity = continuity();
        continuity.inherit().orElseThrow().close();
        assertThat(continuity.isAlone()).isFalse();
        server.close();
        continuity.own(null);
        given.get(BOUND_SECONDS, TimeUnit.SECONDS);
        assertThat(continuity.isAlone()).isTrue();

        boolean[] free = {false};
        continuity.whenPredecessorHasEnded(() -> free[0] = true);

        assertThat(mailbox.poll(SLOW_NANOS)).isEmpty();
        assertThat(free[0]).isFalse();
        asked.get().refuse();
        DaemonEvent event =
                mailbox.poll(TimeUnit.SECONDS.toNanos(BOUND_SECONDS)).orElseThrow();
        ((DaemonEvent.Task) event).task().run();
        assertThat(free[0]).isTrue();
        continuity.close();
        new TunnelDescriptors(List.of(pipe), List.of()).close();
    }

    @Test
    void withoutAPredecessorNothingIsWaitedFor() throws Exception {
        Continuity continuity = continuity();
        assertThat(continuity.inherit()).isEmpty();
        boolean[] free = {false};
        continuity.whenPredecessorHasEnded(() -> free[0] = true);
        assertThat(free[0]).isTrue();
    }
}
