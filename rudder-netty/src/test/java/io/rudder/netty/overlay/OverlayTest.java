package io.rudder.netty.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.control.ControlLoop;
import io.rudder.lease.RegistryException;
import io.rudder.lease.source.LeaseSource;
import io.rudder.lease.source.MemoryLeases;
import io.rudder.lease.source.PeerList;
import io.rudder.lease.source.StaticLeases;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.overlay.OverlayStatus.State;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.testing.LocalTun;
import io.rudder.netty.tun.PacketFilter;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Overlays of one process, on the loopback interface and devices that need no root. */
class OverlayTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final PeerList TWO = new PeerList(
            Ipv4Prefix.parse("10.5.0.0/16"),
            freePort(),
            List.of(PeerList.Host.of("10.5.1.0/24", "127.0.5.1"), PeerList.Host.of("10.5.2.0/24", "127.0.5.2")));

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    private final List<Overlay> overlays = new ArrayList<>();

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (Overlay overlay : overlays) {
            overlay.close().handle((nothing, failure) -> nothing).get(20, TimeUnit.SECONDS);
        }
        assertThat(group.isShuttingDown()).isFalse();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private OverlayBuilder builder(LeaseSource leases, String underlay, LocalTun tun) throws Exception {
        return Overlay.builder()
                .group(group)
                .leases(leases)
                .underlay(InetAddress.getByName(underlay))
                .device(tun::channel);
    }

    private Overlay started(OverlayBuilder builder) {
        Overlay overlay = builder.build();
        overlays.add(overlay);
        overlay.start();
        return overlay;
    }

    private static OverlayStatus ready(Overlay overlay) throws Exception {
        return overlay.ready().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    private static byte[] packet(String from, String to, int length) {
        ByteBuf packet = Unpooled.buffer().writeZero(length);
        packet.setByte(0, 0x45).setShort(Ipv4Header.TOTAL_LENGTH, length);
        packet.setByte(Ipv4Header.TIME_TO_LIVE, 64).setByte(Ipv4Header.PROTOCOL, 253);
        packet.setInt(Ipv4Header.SOURCE, Ipv4.parse(from)).setInt(Ipv4Header.DESTINATION, Ipv4.parse(to));
        Ipv4Header.updateChecksum(packet, 0);
        return packet.array().length == length ? packet.array() : Arrays.copyOf(packet.array(), length);
    }

    /** What the host of the other node gets: one hop further. */
    private static byte[] arrived(byte[] sent) {
        ByteBuf packet = Unpooled.copiedBuffer(sent);
        Ipv4Header.decrementTimeToLive(packet, 0);
        return packet.array();
    }

    @Test
    void twoNodesOfOneProcessTalk() throws Exception {
        StaticLeases leases = new StaticLeases(TWO);
        LocalTun first = new LocalTun("r1");
        LocalTun second = new LocalTun("r2");
        Overlay one = started(builder(leases, "127.0.5.1", first).allocator(UnpooledByteBufAllocator.DEFAULT));
        Overlay two = started(builder(leases, "127.0.5.2", second));
        OverlayStatus status = ready(one);
        assertThat(status.state()).isEqualTo(State.READY);
        assertThat(status.subnet()).contains(Ipv4Prefix.parse("10.5.1.0/24"));
        assertThat(status.tunName()).contains("r1");
        assertThat(status.peers()).extracting(Peer::subnet).containsExactly(Ipv4Prefix.parse("10.5.2.0/24"));
        assertThat(two.start().get(20, TimeUnit.SECONDS)).isEqualTo(Ipv4Prefix.parse("10.5.2.0/24"));
        ready(two);

        byte[] there = packet("10.5.1.9", "10.5.2.7", 1400);
        first.send(there);
        assertThat(second.receive(BOUND)).get().isEqualTo(arrived(there));
        byte[] back = packet("10.5.2.7", "10.5.1.9", 20);
        second.send(back);
        assertThat(first.receive(BOUND)).get().isEqualTo(arrived(back));
        assertThat(one.counters()).containsEntry(Counter.ENCAP_PACKETS, 1L).containsEntry(Counter.DECAP_PACKETS, 1L);
        assertThat(one.status().traffic()).containsOnlyKeys(Ipv4Prefix.parse("10.5.2.0/24"));
    }

    @Test
    void nodesThatShareARegistryFindEachOther() throws Exception {
        MemoryLeases leases = new MemoryLeases(
                "{\"Network\":\"10.6.0.0/16\",\"Backend\":{\"Type\":\"udp\",\"Port\":" + freePort() + "}}");
        LocalTun first = new LocalTun("r1");
        LocalTun second = new LocalTun("r2");
        CompletableFuture<List<Peer>> seen = new CompletableFuture<>();
        Overlay one = started(builder(leases, "127.0.5.3", first)
                .previousSubnet(Ipv4Prefix.parse("10.6.77.0/24"))
                .listener(new OverlayListener() {
                    @Override
                    public void onPeers(List<Peer> peers) {
                        if (!peers.isEmpty()) {
                            seen.complete(peers);
                        }
                    }
                }));
        assertThat(ready(one).subnet()).contains(Ipv4Prefix.parse("10.6.77.0/24"));
        Overlay two = started(builder(leases, "127.0.5.4", second));
        Ipv4Prefix other = ready(two).subnet().orElseThrow();
        assertThat(seen.get(20, TimeUnit.SECONDS)).extracting(Peer::subnet).containsExactly(other);
        byte[] packet = packet("10.6.77.1", Ipv4.format(other.firstUsable()), 100);
        first.send(packet);
        assertThat(second.receive(BOUND)).get().isEqualTo(arrived(packet));
    }

    /** Lets only packets to even addresses pass, both ways. */
    @ChannelHandler.Sharable
    private static final class EvenOnly extends PacketFilter {
        @Override
        protected boolean passesFromHost(ByteBuf packet, int offset) {
            return Ipv4Header.destination(packet, offset) % 2 == 0;
        }

        @Override
        protected boolean passesToHost(ByteBuf packet, int offset) {
            return Ipv4Header.source(packet, offset) % 2 == 0;
        }
    }

    @Test
    void aFilterSeesThePacketsOfBothWays() throws Exception {
        StaticLeases leases = new StaticLeases(TWO);
        LocalTun first = new LocalTun("r1");
        LocalTun second = new LocalTun("r2");
        ready(started(builder(leases, "127.0.5.1", first).tunHandler(new EvenOnly())));
        ready(started(builder(leases, "127.0.5.2", second)));
        first.send(packet("10.5.1.9", "10.5.2.7", 60));
        byte[] even = packet("10.5.1.9", "10.5.2.8", 60);
        first.send(even);
        assertThat(second.receive(BOUND)).get().isEqualTo(arrived(even));
        second.send(packet("10.5.2.7", "10.5.1.9", 60));
        byte[] fromEven = packet("10.5.2.8", "10.5.1.9", 60);
        second.send(fromEven);
        assertThat(first.receive(BOUND)).get().isEqualTo(arrived(fromEven));
    }

    @Test
    void aDeletedDeviceEndsTheOverlayWithAReason() throws Exception {
        LocalTun tun = new LocalTun("r1");
        List<String> heard = new CopyOnWriteArrayList<>();
        Overlay overlay =
                started(builder(new StaticLeases(TWO), "127.0.5.1", tun).listener(new OverlayListener() {
                    @Override
                    public void onFailed(String reason) {
                        heard.add(reason);
                    }

                    @Override
                    public void onClosed() {
                        heard.add("closed");
                    }
                }));
        ready(overlay);
        tun.close();
        assertThatThrownBy(() -> overlay.closeFuture().get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(OverlayException.class)
                .hasMessage("device r1 was deleted");
        await().atMost(BOUND).until(() -> heard.size() == 2);
        assertThat(heard).containsExactly("device r1 was deleted", "closed");
        assertThat(overlay.status().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aPortThatIsTakenIsTold() throws Exception {
        StaticLeases leases = new StaticLeases(TWO);
        ready(started(builder(leases, "127.0.5.1", new LocalTun("r1"))));
        Overlay second = started(builder(leases, "127.0.5.1", new LocalTun("r2")));
        assertThatThrownBy(() -> ready(second))
                .cause()
                .isInstanceOf(OverlayException.class)
                .hasMessageStartingWith("cannot receive on UDP 127.0.5.1:" + TWO.port());
    }

    @Test
    void aSourceThatCannotBeUsedIsTold() throws Exception {
        LeaseSource broken = loop -> {
            throw new RegistryException(RegistryException.Kind.REFUSED, "no such list", null);
        };
        Overlay overlay = started(builder(broken, "127.0.5.1", new LocalTun("r1")));
        assertThatThrownBy(() -> overlay.start().get(20, TimeUnit.SECONDS))
                .cause()
                .hasMessage("no such list");
    }

    @Test
    void closingIsPossibleAtAnyTimeAndEndsTheControlThread() throws Exception {
        StaticLeases leases = new StaticLeases(TWO);
        List<Thread> loops = new CopyOnWriteArrayList<>();
        LeaseSource noting = (ControlLoop loop) -> {
            loops.add(Thread.currentThread());
            return leases.open(loop);
        };
        for (int wait = 0; wait < 4; wait++) {
            LocalTun tun = new LocalTun("r1");
            Overlay overlay = builder(noting, "127.0.5.1", tun).build();
            if (wait > 0) {
                overlay.start();
            }
            if (wait > 1) {
                overlay.start().get(20, TimeUnit.SECONDS);
            }
            if (wait > 2) {
                ready(overlay);
            }
            overlay.close().get(20, TimeUnit.SECONDS);
            assertThat(overlay.ready()).isDone();
            assertThat(overlay.start()).isDone();
        }
        for (Thread thread : loops) {
            thread.join(20_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void startsNoThreadButItsControlThread() throws Exception {
        ready(started(builder(new StaticLeases(TWO), "127.0.5.2", new LocalTun("r0"))));
        List<Long> before = threadIds();
        ready(started(builder(new StaticLeases(TWO), "127.0.5.1", new LocalTun("r1"))));
        List<String> added = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread.getId()))
                .map(Thread::getName)
                .toList();
        assertThat(added)
                .allMatch(name -> name.equals("rudder-control") || name.startsWith("multiThreadIoEventLoopGroup"));
        assertThat(added).filteredOn(name -> name.equals("rudder-control")).hasSize(1);
    }

    private static List<Long> threadIds() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getId).toList();
    }

    @Test
    void saysWhatABuilderLacks() {
        assertThatThrownBy(() -> Overlay.builder().build()).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Overlay.builder().nodeId("x")).hasMessageStartingWith("nodeId: x (expected: ");
        assertThatThrownBy(() -> Overlay.builder().port(0)).hasMessage("port: 0 (expected: 1 to 65535)");
        assertThatThrownBy(() -> Overlay.builder().underlay(InetAddress.getByName("0.0.0.0")))
                .hasMessageContaining("(expected: IPv4, of one interface)");
    }
}
