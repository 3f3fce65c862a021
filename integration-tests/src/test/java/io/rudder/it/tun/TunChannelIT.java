package io.rudder.it.tun;

import static io.rudder.it.tun.OwnNetwork.run;
import static io.rudder.it.tun.TunHost.bind;
import static io.rudder.it.tun.TunHost.bound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.linux.Steering;
import io.rudder.netty.linux.TunDevice;
import io.rudder.netty.packet.IcmpError;
import io.rudder.netty.tun.Tun;
import io.rudder.netty.tun.TunChannel;
import io.rudder.netty.tun.TunChannelOption;
import io.rudder.netty.tun.TunInterface;
import io.rudder.netty.tun.TunOffload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The TUN channel against the kernel; needs root. */
@ExtendWith(OwnNetwork.class)
@Timeout(60)
class TunChannelIT {
    private static final Duration BOUND = Duration.ofSeconds(10);
    // UDP from 10.77.0.9:7 to 10.77.0.1:7, without checksum and payload.
    private static final byte[] PACKET =
            HexFormat.of().parseHex("4500001c000040004011" + "2637" + "0a4d0009" + "0a4d0001" + "0007000700080000");

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static ChannelFuture write(Channel tun) {
        return tun.writeAndFlush(Unpooled.copiedBuffer(PACKET));
    }

    private static boolean exists(String name) {
        try {
            run("ip link show " + name);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    // ---- life

    @Test
    void isAvailableHere() {
        assertThat(Tun.unavailabilityCause()).isNull();
        assertThat(Tun.isAvailable()).isTrue();
    }

    @Test
    void bindMakesTheInterfaceAndCloseRemovesIt() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it%d"));
            assertThat(tun.localAddress().name()).isEqualTo("it0");
            assertThat(tun.isActive()).isTrue();
            assertThat(run("ip -d link show it0")).contains("tun type tun").contains("mtu 1500");

            tun.close().sync();
            assertThat(exists("it0")).isFalse();
            assertThat(tun.isActive()).isFalse();
            assertThat(host.exceptions).isEmpty();
        }
    }

    @Test
    void aNameThatIsHeldIsRefusedInOneLine() throws Exception {
        try (TunHost host = new TunHost()) {
            bound(bind(host.recording(), "held"));
            ChannelFuture second = bind(host.recording(), "held").await();
            assertThat(second.cause())
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "cannot create device 'held' through /dev/net/tun: another process holds a device of that name");
            assertThat(second.channel().closeFuture().await(10, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void aNameOfAnotherKindOfInterfaceIsRefusedInOneLine() throws Exception {
        try (TunHost host = new TunHost()) {
            assertThat(bind(host.recording(), "lo").await().cause())
                    .hasMessageStartingWith("cannot create device 'lo' through /dev/net/tun: the name is invalid or");
        }
    }

    @Test
    void withoutPermissionItSaysWhatWouldDo() throws Throwable {
        Throwable cause = OwnNetwork.withoutCapabilities(() -> {
            try (TunHost unprivileged = new TunHost()) {
                return bind(unprivileged.recording(), "it0").await().cause();
            }
        });
        assertThat(cause)
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot create device 'it0' through /dev/net/tun: no permission (run as root or with CAP_NET_ADMIN)");
    }

    // ---- packets

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void packetsGoThroughTheKernelBothWays(boolean vnetHeader) throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(
                    host.bootstrap(new TunHost.Echo(vnetHeader ? 10 : 0))
                            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65546))
                            .option(TunChannelOption.VNET_HDR, vnetHeader)
                            .option(TunChannelOption.OFFLOAD, vnetHeader ? TunOffload.TCP_AND_UDP : TunOffload.NONE),
                    "it0"));
            TunHost.up(tun);
            try (DatagramSocket socket = TunHost.socket()) {
                for (int length : new int[] {0, 1, 2, 63, 1000, 1471, 1472, 4000, 30_000}) {
                    byte[] payload = random(length);
                    TunHost.send(socket, "10.77.3.9", payload);
                    assertThat(TunHost.receive(socket)).isEqualTo(payload);
                }
            }
        }
    }

    @Test
    void offloadsAreGranted() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(
                    host.recording()
                            .option(TunChannelOption.VNET_HDR, true)
                            .option(TunChannelOption.OFFLOAD, TunOffload.TCP_AND_UDP),
                    "it0"));
            assertThat(tun.config().offload()).isNotEqualTo(TunOffload.NONE);
            assertThat(tun.config().getOption(TunChannelOption.OFFLOAD))
                    .isEqualTo(tun.config().offload());
            TunHost.up(tun);
            try (DatagramSocket socket = TunHost.socket()) {
                TunHost.send(socket, "10.77.3.9", random(100));
            }
            await().atMost(BOUND).until(() -> host.received.size() == 1);
            byte[] message = host.received.get(0);
            // NEEDS_CSUM: the kernel left the UDP checksum to us.
            assertThat(HexFormat.of().formatHex(message, 0, 10)).isEqualTo("0100" + "00000000" + "1400" + "0600");
            assertThat(message).hasSize(10 + 28 + 100);
        }
    }

    @Test
    void withoutVnetHeaderNoOffloadIsAskedFor() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun =
                    bound(bind(host.recording().option(TunChannelOption.OFFLOAD, TunOffload.TCP_AND_UDP), "it0"));
            assertThat(tun.config().offload()).isEqualTo(TunOffload.NONE);
        }
    }

    @Test
    void aPacketThatTheKernelRefusesFailsAlone() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it0"));
            TunHost.up(tun);
            ChannelFuture good = tun.write(Unpooled.copiedBuffer(PACKET));
            ChannelFuture bad = tun.write(Unpooled.copiedBuffer(new byte[] {0x15, 1, 2, 3}));
            ChannelFuture pieces = tun.write(
                    Unpooled.wrappedBuffer(Unpooled.copiedBuffer(PACKET, 0, 9), Unpooled.copiedBuffer(PACKET, 9, 19)));
            ChannelFuture heap = tun.write(Unpooled.wrappedBuffer(PACKET.clone()));
            tun.flush();
            assertThat(good.await().isSuccess()).isTrue();
            assertThat(bad.await().cause()).isInstanceOf(IOException.class);
            assertThat(pieces.await().isSuccess()).isTrue();
            assertThat(heap.await().isSuccess()).isTrue();
            assertThat(tun.write("text").await().cause()).isInstanceOf(UnsupportedOperationException.class);
            assertThat(tun.isActive()).isTrue();
        }
    }

    // ---- options

    @Test
    void theMtuIsSetAtBindAndLater() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording().option(TunChannelOption.MTU, 1400), "it0"));
            assertThat(run("ip link show it0")).contains("mtu 1400");
            assertThat(tun.config().setOption(TunChannelOption.MTU, 1300)).isTrue();
            assertThat(run("ip link show it0")).contains("mtu 1300");
            run("ip link set it0 mtu 1200");
            assertThat(tun.config().getOption(TunChannelOption.MTU)).isEqualTo(1200);
        }
    }

    @Test
    void anImpossibleMtuFailsTheBindInOneLine() throws Exception {
        try (TunHost host = new TunHost()) {
            ChannelFuture future = bind(host.recording().option(TunChannelOption.MTU, 10), "it0")
                    .await();
            assertThat(future.cause()).hasMessageStartingWith("cannot set the MTU to 10 of 'it0': ");
            assertThat(future.channel().closeFuture().await(10, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(exists("it0")).isFalse();
        }
    }

    @Test
    void whatIsFixedAtBindCannotBeChangedAfterIt() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it0"));
            assertThatThrownBy(() -> tun.config().setOption(TunChannelOption.VNET_HDR, true))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    // ---- what the host makes of answers

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErrorFromTheOwnAddressArrivesOnlyWhereLocalSourcesAreAccepted(boolean acceptLocal) throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it0"));
            TunHost.up(tun);
            run("sysctl -qw net.ipv4.conf.it0.accept_local=" + (acceptLocal ? 1 : 0));
            try (DatagramSocket socket = TunHost.socket()) {
                TunHost.send(socket, "10.77.3.9", random(10));
                await().atMost(BOUND).until(() -> host.received.size() == 1);
                ByteBuf offending = Unpooled.wrappedBuffer(host.received.get(0));
                ByteBuf error = Unpooled.directBuffer();
                IcmpError.NET_UNREACHABLE.write(error, 0x0a4d0001, offending, 0, offending.readableBytes(), 0);
                tun.writeAndFlush(error).sync();
                // Writing hands the packet to the stack before it returns, but for a moment in a backlog.
                roundTrips(tun);
                assertThat(destinationUnreachablesReceived()).isEqualTo(acceptLocal ? 1 : 0);
            }
        }
    }

    /** Of the network that the thread is in, which /proc/net would not tell. */
    private static int destinationUnreachablesReceived() throws IOException {
        List<String[]> icmp = Files.readAllLines(Path.of("/proc/thread-self/net/snmp")).stream()
                .filter(line -> line.startsWith("Icmp:"))
                .map(line -> line.split(" "))
                .toList();
        int column = List.of(icmp.get(0)).indexOf("InDestUnreachs");
        return Integer.parseInt(icmp.get(1)[column]);
    }

    // ---- reading on and off

    @Test
    void readsNothingWhileAutoReadIsOff() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording().option(ChannelOption.AUTO_READ, false), "it0"));
            TunHost.up(tun);
            try (DatagramSocket socket = TunHost.socket()) {
                for (int i = 0; i < 5; i++) {
                    TunHost.send(socket, "10.77.3.9", random(10 + i));
                }
                roundTrips(tun);
                assertThat(host.received).isEmpty();

                tun.read();
                await().atMost(BOUND).until(() -> host.received.size() == 1);
                roundTrips(tun);
                assertThat(host.received).hasSize(1);

                tun.config().setAutoRead(true);
                await().atMost(BOUND).until(() -> host.received.size() == 5);
                assertThat(host.received.get(4)).hasSize(28 + 14);
            }
        }
    }

    @Test
    void stopsReadingWhenAutoReadIsTurnedOff() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it0"));
            TunHost.up(tun);
            tun.eventLoop().submit(() -> tun.config().setAutoRead(false)).sync();
            roundTrips(tun);
            try (DatagramSocket socket = TunHost.socket()) {
                TunHost.send(socket, "10.77.3.9", random(10));
                roundTrips(tun);
                assertThat(host.received).isEmpty();
                tun.config().setAutoRead(true);
                await().atMost(BOUND).until(() -> host.received.size() == 1);
            }
        }
    }

    /** Lets the channel's loop poll some times. */
    private static void roundTrips(Channel channel) throws Exception {
        for (int i = 0; i < 20; i++) {
            channel.eventLoop().schedule(() -> {}, 5, TimeUnit.MILLISECONDS).sync();
        }
    }

    // ---- when things go wrong

    @Test
    void aDeletedDeviceClosesTheChannelOnceAndInPeace() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it0"));
            TunHost.up(tun);
            run("ip link delete it0");
            assertThat(tun.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(host.exceptions).hasSizeLessThanOrEqualTo(1);
            assertThat(write(tun).await().isSuccess()).isFalse();
            assertIdle(tun);
            assertThat(host.exceptions).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void aDeletedDeviceIsNoticedAtTheNextReadIfNothingIsBeingRead() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording().option(ChannelOption.AUTO_READ, false), "it0"));
            run("ip link delete it0");
            // The kernel wakes readers only.
            tun.read();
            assertThat(tun.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anUnboundChannelCostsNothing() throws Exception {
        try (TunHost host = new TunHost()) {
            Channel tun = host.recording().register().sync().channel();
            assertIdle(tun);
            assertThat(host.exceptions).isEmpty();
            tun.close().sync();
        }
    }

    /** The channel's loop uses less than a fifth of a core. */
    private static void assertIdle(Channel tun) throws Exception {
        long thread =
                tun.eventLoop().submit(() -> Thread.currentThread().getId()).get();
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getThreadCpuTime(thread);
        tun.eventLoop().schedule(() -> {}, 500, TimeUnit.MILLISECONDS).sync();
        assertThat(threads.getThreadCpuTime(thread) - before).isLessThan(100_000_000L);
    }

    @Test
    void writesFailOneByOneWhileTheDeviceIsDown() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it0"));
            TunHost.up(tun);
            assertThat(write(tun).await().isSuccess()).isTrue();
            run("ip link set it0 down");
            for (int i = 0; i < 100; i++) {
                assertThat(write(tun).await().cause()).isInstanceOf(IOException.class);
            }
            assertThat(tun.isActive()).isTrue();
            assertIdle(tun);
            run("ip link set it0 up");
            assertThat(write(tun).await().isSuccess()).isTrue();
            run("ip route add " + TunHost.NETWORK + " dev it0");
            try (DatagramSocket socket = TunHost.socket()) {
                TunHost.send(socket, "10.77.3.9", random(10));
                await().atMost(BOUND).until(() -> host.received.size() == 1);
            }
        }
    }

    @Test
    void closingWhileWritingSettlesEveryWrite() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it0"));
            TunHost.up(tun);
            List<ChannelFuture> writes = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                writes.add(write(tun));
                if (i == 2500) {
                    tun.close();
                }
            }
            for (ChannelFuture future : writes) {
                assertThat(future.await(10, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(writes.get(4999).isSuccess()).isFalse();
            assertThat(exists("it0")).isFalse();
            assertThat(host.exceptions).isEmpty();
        }
    }

    @Test
    void closingFromAListenerOfAWriteEndsWriting() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.recording(), "it0"));
            TunHost.up(tun);
            List<ByteBuf> packets = new ArrayList<>();
            tun.eventLoop()
                    .submit(() -> {
                        for (int i = 0; i < 10; i++) {
                            ByteBuf packet = Unpooled.directBuffer().writeBytes(PACKET);
                            packets.add(packet);
                            tun.write(packet).addListener(done -> tun.close());
                        }
                        tun.flush();
                    })
                    .sync();
            tun.closeFuture().sync();
            assertThat(packets).allMatch(packet -> packet.refCnt() == 0);
            assertThat(host.exceptions).isEmpty();
        }
    }

    @Test
    void closingFromAHandlerEndsReading() throws Exception {
        try (TunHost host = new TunHost()) {
            AtomicInteger reads = new AtomicInteger();
            TunChannel tun = bound(bind(
                    host.bootstrap(new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(ChannelHandlerContext context, Object message) {
                                    ((ByteBuf) message).release();
                                    reads.incrementAndGet();
                                    context.close();
                                }

                                @Override
                                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                                    host.exceptions.add(cause);
                                }
                            })
                            .option(ChannelOption.AUTO_READ, false),
                    "it0"));
            TunHost.up(tun);
            try (DatagramSocket socket = TunHost.socket()) {
                for (int i = 0; i < 10; i++) {
                    TunHost.send(socket, "10.77.3.9", random(10));
                }
            }
            tun.config().setAutoRead(true);
            assertThat(tun.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
            roundTrips(tun);
            assertThat(host.exceptions).isEmpty();
            assertThat(reads).hasValue(1);
        }
    }

    // ---- the interface

    @Test
    void aProgramGivesTheInterfaceItsAddressAndRoute() throws Exception {
        try (TunHost host = new TunHost()) {
            TunChannel tun = bound(bind(host.bootstrap(new TunHost.Echo(0)), "it0"));
            TunInterface device = new TunInterface(tun.localAddress())
                    .mtu(1400)
                    .address(Ipv4.parse("10.77.0.1"), 32)
                    .up()
                    .route(Ipv4Prefix.parse(TunHost.NETWORK))
                    .acceptOwnSource();
            assertThat(run("ip -4 address show it0")).contains("mtu 1400", "inet 10.77.0.1/32", "UP");
            assertThat(run("ip route show dev it0")).contains("10.77.0.0/16");
            try (DatagramSocket socket = TunHost.socket()) {
                TunHost.send(socket, "10.77.3.9", random(10));
                assertThat(TunHost.receive(socket)).hasSize(10);
            }
            device.address(Ipv4.parse("10.77.1.1"), 32);
            assertThat(run("ip -4 address show it0"))
                    .contains("inet 10.77.1.1/32")
                    .doesNotContain("10.77.0.1");
            assertThatThrownBy(() -> device.mtu(10)).hasMessageStartingWith("cannot set the MTU to 10 of 'it0': ");
        }
    }

    // ---- several queues

    @Test
    void twoChannelsShareADeviceAndAFlowStaysWithOne() throws Exception {
        try (TunHost host = new TunHost();
                TunHost other = new TunHost()) {
            TunChannel first = bound(bind(host.recording().option(TunChannelOption.MULTI_QUEUE, true), "it0"));
            TunChannel second = bound(bind(other.recording().option(TunChannelOption.MULTI_QUEUE, true), "it0"));
            TunHost.up(first);
            assertFlowsStayWithOne(host, other);

            second.close().sync();
            assertThat(exists("it0")).isTrue();
            assertThat(write(first).await().isSuccess()).isTrue();
            first.close().sync();
            assertThat(exists("it0")).isFalse();
        }
    }

    /** Whoever had the device before may have left the choice to the kernel, which does not know ports of fragments. */
    @Test
    void aFlowStaysWithOneChannelOfADeviceThatIsTakenOver() throws Exception {
        try (TunHost host = new TunHost();
                TunHost other = new TunHost()) {
            List<TunDevice> made = List.of(TunDevice.open(), TunDevice.open());
            for (TunDevice device : made) {
                device.attach("it0", false, true);
            }
            Steering.leaveToKernel(made.get(0).descriptor());
            TunChannel first = bound(bind(host.takingOver(made.get(0)), "it0"));
            TunChannel second = bound(bind(other.takingOver(made.get(1)), "it0"));
            TunHost.up(first);
            assertFlowsStayWithOne(host, other);
            second.close().sync();
            first.close().sync();
        }
    }

    private static void assertFlowsStayWithOne(TunHost host, TunHost other) throws Exception {
        int flows = 64;
        for (int flow = 0; flow < flows; flow++) {
            try (DatagramSocket socket = TunHost.socket()) {
                TunHost.send(socket, "10.77.3." + flow, random(10));
                TunHost.send(socket, "10.77.3." + flow, random(2000)); // two fragments
            }
        }
        await().atMost(BOUND).until(() -> host.received.size() + other.received.size() == flows * 3);
        assertThat(host.received).isNotEmpty();
        assertThat(other.received).isNotEmpty();
        assertThat(host.received.stream().map(TunChannelIT::destination))
                .doesNotContainAnyElementsOf(
                        other.received.stream().map(TunChannelIT::destination).toList());
    }

    private static int destination(byte[] packet) {
        return packet[19];
    }
}
