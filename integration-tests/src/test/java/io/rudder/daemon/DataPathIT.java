package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.daemon.handover.HandOverServer;
import io.rudder.daemon.handover.Predecessor;
import io.rudder.daemon.handover.Successor;
import io.rudder.daemon.host.OverlayAddress;
import io.rudder.daemon.host.ProcessCommands;
import io.rudder.it.tun.OwnNetwork;
import io.rudder.lease.LeasePolicy;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.linux.Descriptors;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.netty.tunnel.TunnelDescriptors;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's data path on a real device, while its loops do not answer in time; needs root. */
@ExtendWith(OwnNetwork.class)
@Timeout(90)
class DataPathIT {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final OverlayAddress ADDRESS =
            new OverlayAddress(Ipv4Prefix.parse("10.6.0.0/16"), Ipv4Prefix.parse("10.6.3.0/24"), 1472);
    private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 8285);

    @TempDir
    Path folder;

    private final Phases phases = new Phases();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

    private DataPath open() throws Exception {
        return open(Optional.empty(), phases);
    }

    /** With another one's tunnel it is shared with that one. */
    private DataPath open(Optional<TunnelDescriptors> inherited, Phases phases) throws Exception {
        DataPath.Start start = new DataPath.Start(LOCAL, ADDRESS, RouteTable.EMPTY, inherited, inherited.isPresent());
        return DataPath.open(
                settings(),
                start,
                new ProcessCommands(Duration.ofSeconds(10)),
                phases,
                new Counters(),
                new DataPath.Listener() {
                    @Override
                    public boolean onMaking() {
                        return false;
                    }

                    @Override
                    public void onOpened(Tunnel tunnel) {}

                    @Override
                    public void onEnded() {
                        ended.add("tunnel");
                    }
                });
    }

    private DaemonSettings settings() {
        return new DaemonSettings(
                null,
                Optional.empty(),
                new DaemonSettings.Underlay(Optional.empty(), Optional.empty(), Optional.empty()),
                new DaemonSettings.Host(
                        "rudder0",
                        folder,
                        folder.resolve("subnet.env"),
                        Optional.empty(),
                        folder,
                        true,
                        new DaemonSettings.Restart(folder.resolve("hand-over.sock"), false, false)),
                new DaemonSettings.Carriage(true, 1, false, Optional.empty(), Optional.empty()),
                new DaemonSettings.Leasing(
                        Duration.ofHours(1), false, LeasePolicy.OnLost.FENCE, Optional.empty(), false, false),
                Optional.empty());
    }

    /** The loop stands still until the latch is down. */
    private static CountDownLatch block(DataPath path) {
        CountDownLatch released = new CountDownLatch(1);
        path.loops().next().execute(() -> {
            try {
                released.await(BOUND.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return released;
    }

    private static String state() throws Exception {
        return OwnNetwork.run("ip -4 address show rudder0") + OwnNetwork.run("ip -4 route show dev rudder0");
    }

    /** The device is another one, with all that it had. */
    private void assertMadeAgain(DataPath path, String before) throws Exception {
        assertThat(ended.poll(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("tunnel");
        await().atMost(BOUND).until(() -> path.tunnel().closeFuture().isDone());
        assertThat(path.repair(LOCAL, ADDRESS)).containsExactly(Counter.REPAIR_DEVICE);
        assertThat(path.tunnel().closeFuture()).isNotDone();
        assertThat(state().replaceAll("(?m)^\\d+:", "")).isEqualTo(before.replaceAll("(?m)^\\d+:", ""));
    }

    /** The next daemon carries packets by then, and what the loop still does is no reason to keep it from that. */
    @Test
    void aTunnelWhoseLoopStandsStillIsHandedOver() throws Exception {
        DataPath path = open();
        String before = state();
        beforeSuccessor((asked, taken) -> {
            CountDownLatch blocked = block(path);

            assertThat(path.handOver(asked.get(BOUND.toSeconds(), TimeUnit.SECONDS)))
                    .isTrue();

            blocked.countDown();
            phases.undoAll();
            assertThat(state()).isEqualTo(before);
            taken.get(BOUND.toSeconds(), TimeUnit.SECONDS).close();
        });
    }

    /** Until the device is made again there is nothing to give, and the next daemon hears so. */
    @Test
    void aTunnelWhoseDeviceWasDeletedIsNotHandedOver() throws Exception {
        DataPath path = open();
        String before = state();
        beforeSuccessor((asked, taken) -> {
            OwnNetwork.run("ip link delete rudder0");
            await().atMost(BOUND).until(() -> path.tunnel().closeFuture().isDone());

            assertThat(path.handOver(asked.get(BOUND.toSeconds(), TimeUnit.SECONDS)))
                    .isFalse();

            assertThatThrownBy(() -> taken.get(BOUND.toSeconds(), TimeUnit.SECONDS))
                    .hasMessageContaining("does not hand its tunnel over");
            assertMadeAgain(path, before);
        });
    }

    private interface HandOver {
        void check(CompletableFuture<Successor> asked, CompletableFuture<TunnelDescriptors> taken) throws Exception;
    }

    /** Another daemon asks for the tunnel, and goes on with it if it gets it. */
    private void beforeSuccessor(HandOver handOver) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        CompletableFuture<Successor> asked = new CompletableFuture<>();
        HandOverServer server = HandOverServer.open(group, folder.resolve("hand-over.sock"), asked::complete);
        try {
            handOver.check(asked, goOn(group));
        } finally {
            server.close();
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(BOUND.toMillis());
            phases.undoAll();
        }
    }

    /** It has opened everything, and then hears no agreement: what it ends with is still the other one's. */
    @Test
    void aDaemonThatIsNotAgreedWithLeavesDeviceAndRules() throws Exception {
        DataPath path = open();
        try {
            String before = state();
            String rules = OwnNetwork.run("nft -s list ruleset");
            assertThat(rules).contains("rudder_rudder0");
            TunnelDescriptors own = path.tunnel().descriptors();
            TunnelDescriptors shared = new TunnelDescriptors(
                    List.of(Descriptors.duplicate(own.devices().get(0))),
                    List.of(Descriptors.duplicate(own.sockets().get(0))));
            Phases ofNext = new Phases();
            DataPath next = open(Optional.of(shared), ofNext);
            assertThat(next.tunnel().closeFuture()).isNotDone();

            ofNext.undoAll();

            assertThat(next.tunnel().closeFuture()).isDone();
            assertThat(path.tunnel().closeFuture()).isNotDone();
            assertThat(state()).isEqualTo(before);
            assertThat(OwnNetwork.run("nft -s list ruleset")).isEqualTo(rules);
        } finally {
            phases.undoAll();
        }
    }

    private CompletableFuture<TunnelDescriptors> goOn(EventLoopGroup group) {
        Predecessor other =
                Predecessor.find(group, folder.resolve("hand-over.sock"), 1).orElseThrow();
        return CompletableFuture.supplyAsync(() -> {
            try {
                TunnelDescriptors taken = other.take(1);
                other.confirm();
                return taken;
            } catch (IOException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        });
    }

    @Test
    void aTunnelThatIsReleasedTooLateForAnotherUnderlayIsMadeAgain() throws Exception {
        DataPath path = open();
        String before = state();
        try {
            CountDownLatch blocked = block(path);
            assertThat(List.of(failure(path), failure(path))).allMatch(message -> message.contains("no answer within"));
            blocked.countDown();
            assertMadeAgain(path, before);
        } finally {
            phases.undoAll();
        }
    }

    private static String failure(DataPath path) {
        try {
            path.repair(new InetSocketAddress("127.0.0.2", 8285), ADDRESS);
            return "";
        } catch (Exception e) {
            return e.getMessage();
        }
    }
}
