package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.offload.PlainSink;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.probe.ControlMessages;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Paths;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reference;
import io.rudder.netty.testing.Wire;
import io.rudder.netty.testing.Wire.Send;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.status.PeerTraffic;
import io.rudder.status.Traffic;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncapHandlerTest {
    private static final byte[] PAYLOAD = {1, 2, 3, 4, 5, 6, 7, 8};

    private final Wire tun = new Wire();
    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private final RouteSource routes = new RouteSource();
    private final SegmentBatch batch = new SegmentBatch(udp.channel(), counters, Paths.wide(), Paths.NOBODY, true);
    private long nanos;
    private boolean vnetHeader;

    private void start(boolean withVnetHeader) {
        vnetHeader = withVnetHeader;
        routes.publish(Peers.ROUTES);
        IcmpResponder icmp = new IcmpResponder(tun.channel(), vnetHeader, counters, () -> nanos);
        tun.addLast(new EncapHandler(routes, batch, Paths.wide(), icmp, counters, vnetHeader));
        udp.addLast(new DecapHandler(
                routes, new PlainSink(tun.channel(), counters), batch, ControlMessages.NONE, counters));
    }

    @AfterEach
    void everythingWasReleased() {
        Wire.closeAll(tun, udp);
    }

    /** Reads one packet from the device. */
    private void read(byte[] packet) {
        ByteBuf message = Bytes.buffer(vnetHeader ? Bytes.join(Packets.plainVnet(), packet) : packet);
        tun.channel().pipeline().fireChannelRead(message);
        assertThat(message.refCnt()).isZero();
    }

    private void readComplete() {
        tun.channel().pipeline().fireChannelReadComplete();
    }

    private static byte[] packetTo(String destination) {
        return Packets.ipv4("10.0.34.7", destination, Packets.UDP, Packets.udp(1, 2, PAYLOAD));
    }

    private static byte[] withTimeToLive(byte[] packet, int timeToLive) {
        packet[8] = (byte) timeToLive;
        return Reference.finishIp(packet);
    }

    // ---- what goes on

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void forwardsWithOneHopLessAndAGoodChecksum(boolean withVnetHeader) {
        start(withVnetHeader);
        for (int timeToLive = 2; timeToLive < 256; timeToLive++) {
            byte[] packet = withTimeToLive(packetTo("10.0.35.9"), timeToLive);
            read(packet);
            readComplete();
            List<Send> sends = udp.sends();
            assertThat(sends).hasSize(1);
            assertThat(sends.get(0).to()).isEqualTo(Peers.B.endpoint());
            assertThat(sends.get(0).packets().get(0)).isEqualTo(withTimeToLive(packet, timeToLive - 1));
        }
        assertThat(counters.get(Counter.ENCAP_PACKETS)).isEqualTo(254);
        assertThat(counters.get(Counter.ENCAP_BYTES)).isEqualTo(254 * 36);
        assertThat(tun.messages()).isEmpty();
    }

    @Test
    void countsWhatGoesToEachPeerAndWhatWasDroppedOnItsWay() {
        start(true);
        byte[] packet = packetTo("10.0.35.9");
        read(packet);
        read(packet);
        read(packetTo("10.0.36.9"));
        read(withTimeToLive(packetTo("10.0.36.9"), 1));
        readComplete();
        udp.writable(false);
        read(packet);
        readComplete();
        Map<Ipv4Prefix, PeerTraffic> traffic = Counters.traffic(List.of(counters), System.nanoTime());
        int length = packet.length;
        assertThat(traffic.get(Peers.B.subnet()).traffic()).isEqualTo(new Traffic(2, 2 * length, 1, 0, 0, 0));
        assertThat(traffic.get(Peers.C.subnet()).traffic()).isEqualTo(new Traffic(1, length, 1, 0, 0, 0));
        assertThat(traffic.get(Peers.B.subnet()).lastSeenSecondsAgo()).isEmpty();
    }

    @Test
    void sendsARunOfSmallPacketsAtOnceAndOthersInOrder() {
        start(true);
        for (String destination : new String[] {"10.0.35.1", "10.0.35.2", "10.0.35.3", "10.0.36.1", "10.0.35.4"}) {
            read(packetTo(destination));
        }
        readComplete();
        List<Send> sends = udp.sends();
        assertThat(sends).extracting(send -> send.packets().size()).containsExactly(3, 1, 1);
        assertThat(sends.stream().flatMap(send -> send.packets().stream()).map(packet -> Bytes.i32(packet, 16)))
                .extracting(Ipv4::format)
                .containsExactly("10.0.35.1", "10.0.35.2", "10.0.35.3", "10.0.36.1", "10.0.35.4");
    }

    @Test
    void cutsSuperPacketsAfterTheHop() {
        start(true);
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.TCP, new byte[0]);
        byte[] payload = new byte[30_000];
        byte[] big = Reference.finish(Bytes.join(header, Packets.tcp(5, 0x18, new byte[12], payload)));
        vnetHeader = false;
        read(Packets.superPacket(big, 1400));
        readComplete();
        List<byte[]> expected = Reference.segment(withTimeToLive(big, 63), 1400);
        List<byte[]> sent = udp.packets();
        assertThat(sent).hasSameSizeAs(expected);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(sent.get(i)).isEqualTo(expected.get(i));
        }
    }

    @Test
    void oneBatchSeesOneRouteTable() {
        start(true);
        read(packetTo("10.0.35.1"));
        routes.publish(RouteTable.of(Peers.OWN, List.of(Peers.peer("10.0.35.0/24", "198.51.100.77"))));
        read(packetTo("10.0.35.1"));
        readComplete();
        read(packetTo("10.0.35.1"));
        readComplete();
        List<Send> sends = udp.sends();
        assertThat(sends).extracting(send -> send.packets().size()).containsExactly(2, 1);
        assertThat(sends.get(0).to()).isEqualTo(Peers.B.endpoint());
        assertThat(sends.get(1).to().getHostString()).isEqualTo("198.51.100.77");
    }

    // ---- what does not

    @ParameterizedTest
    @CsvSource({
        "true,  10.0.99.9, 64, 3, 0, ICMP_UNREACHABLE_SENT, ENCAP_DROP_NO_ROUTE",
        "false, 10.0.99.9, 64, 3, 0, ICMP_UNREACHABLE_SENT, ENCAP_DROP_NO_ROUTE",
        "true,  10.0.35.9, 1, 11, 0, ICMP_TIME_EXCEEDED_SENT, ENCAP_DROP_TTL",
        "false, 10.0.35.9, 1, 11, 0, ICMP_TIME_EXCEEDED_SENT, ENCAP_DROP_TTL",
        "true,  10.0.35.9, 0, 11, 0, ICMP_TIME_EXCEEDED_SENT, ENCAP_DROP_TTL",
    })
    void answersTheSenderOnThisHost(
            boolean withVnetHeader, String to, int timeToLive, int type, int code, Counter sent, Counter dropped) {
        start(withVnetHeader);
        byte[] packet = withTimeToLive(packetTo(to), timeToLive);
        read(packet);
        readComplete();

        List<byte[]> answers = tun.messages();
        byte[] icmp = Packets.ipv4(
                "10.0.34.0", "10.0.34.7", Packets.ICMP, Bytes.join(new byte[8], Arrays.copyOf(packet, 28)));
        icmp[1] = (byte) 0xc0;
        icmp[20] = (byte) type;
        icmp[21] = (byte) code;
        Bytes.put16(icmp, 4, 0);
        Bytes.put16(icmp, 6, 0);
        Bytes.put16(icmp, 22, ~Reference.sum(Arrays.copyOfRange(icmp, 20, icmp.length)));
        byte[] expected = Reference.finishIp(icmp);
        assertThat(answers).hasSize(1);
        assertThat(answers.get(0)).isEqualTo(withVnetHeader ? Bytes.join(Packets.plainVnet(), expected) : expected);
        assertThat(counters.get(sent)).isEqualTo(1);
        assertThat(counters.get(dropped)).isEqualTo(1);
        assertThat(udp.sends()).isEmpty();
    }

    @Test
    void answersAtABoundedRate() {
        start(true);
        for (int i = 0; i < 1000; i++) {
            read(packetTo("10.0.99.9"));
        }
        int burst = tun.messages().size();
        nanos += 1_000_000_000L;
        for (int i = 0; i < 1000; i++) {
            read(packetTo("10.0.99.9"));
            nanos += 1_000_000L;
        }
        assertThat(burst).isEqualTo(50);
        assertThat(tun.messages()).hasSizeBetween(100, 151);
        assertThat(counters.get(Counter.ENCAP_DROP_NO_ROUTE)).isEqualTo(2000);
        assertThat(counters.get(Counter.ICMP_UNREACHABLE_SENT) + counters.get(Counter.ICMP_SUPPRESSED))
                .isEqualTo(2000);
    }

    @Test
    void answersNothingAboutIcmpErrors() {
        start(true);
        read(Packets.ipv4("10.0.34.7", "10.0.99.9", Packets.ICMP, new byte[] {3, 1, 0, 0, 0, 0, 0, 0}));
        assertThat(tun.messages()).isEmpty();
        assertThat(counters.get(Counter.ICMP_SUPPRESSED)).isEqualTo(1);
    }

    @Test
    void answersNothingWhileTheDeviceDoesNotKeepUp() {
        start(true);
        tun.writable(false);
        read(packetTo("10.0.99.9"));
        assertThat(tun.messages()).isEmpty();
        assertThat(counters.get(Counter.ICMP_SUPPRESSED)).isEqualTo(1);
        tun.writable(true);
    }

    @Test
    void dropsAndCountsByReason() {
        start(true);
        read(Packets.ipv4("198.51.100.1", "10.0.35.9", Packets.UDP, PAYLOAD));
        read(new byte[0]);
        read(new byte[19]);
        byte[] ipv6 = new byte[40];
        ipv6[0] = 0x60;
        read(ipv6);
        readComplete();
        assertThat(counters.get(Counter.ENCAP_DROP_FOREIGN_SOURCE)).isEqualTo(1);
        assertThat(counters.get(Counter.ENCAP_DROP_MALFORMED)).isEqualTo(2);
        assertThat(counters.get(Counter.ENCAP_DROP_IPV6)).isEqualTo(1);
        assertThat(counters.get(Counter.ENCAP_PACKETS)).isZero();
        assertThat(udp.sends()).isEmpty();
        assertThat(tun.messages()).isEmpty();
    }

    @Test
    void dropsMessagesThatEndWithinTheVnetHeader() {
        start(true);
        vnetHeader = false;
        for (int length = 0; length <= 10; length++) {
            read(new byte[length]);
        }
        assertThat(counters.get(Counter.ENCAP_DROP_MALFORMED)).isEqualTo(11);
    }

    @Test
    void dropsAndCountsVnetHeadersThatDoNotFit() {
        start(true);
        vnetHeader = false;
        read(Bytes.join(Packets.vnet(1, 1, 40, 0, 20, 16), packetTo("10.0.35.9")));
        readComplete();
        assertThat(counters.get(Counter.ENCAP_DROP_MALFORMED)).isEqualTo(1);
        assertThat(udp.sends()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void dropsPacketsThatNoDatagramHolds(boolean withVnetHeader) {
        start(withVnetHeader);
        read(Packets.ipv4("10.0.34.7", "10.0.35.9", Packets.UDP, Packets.udp(1, 2, new byte[65508 - 28])));
        readComplete();
        read(packetTo("10.0.35.9"));
        readComplete();
        assertThat(counters.get(Counter.ENCAP_DROP_MALFORMED)).isEqualTo(1);
        assertThat(udp.sends()).hasSize(1);
    }

    @Test
    void dropsWhileTheSocketDoesNotKeepUp() {
        start(true);
        udp.writable(false);
        read(packetTo("10.0.35.9"));
        read(packetTo("10.0.36.9"));
        readComplete();
        udp.writable(true);
        assertThat(udp.sends()).isEmpty();
        assertThat(counters.get(Counter.ENCAP_DROP_QUEUE_FULL)).isEqualTo(2);
        assertThat(counters.get(Counter.ENCAP_PACKETS)).isZero();
    }

    @Test
    void countsSendsThatTheKernelRefuses() {
        udp.addLast(new RefuseWrites());
        start(true);
        for (int i = 0; i < 3; i++) {
            read(packetTo("10.0.35.9"));
        }
        readComplete();
        assertThat(counters.get(Counter.ENCAP_DROP_SEND_FAILED)).isEqualTo(3);
        assertThat(counters.get(Counter.ENCAP_PACKETS)).isZero();
        assertThat(counters.get(Counter.ENCAP_BYTES)).isZero();
    }

    @Test
    void randomBytesNeitherThrowNorLeak() {
        start(true);
        vnetHeader = false;
        Randomly.times(20_000, random -> {
            byte[] message = Randomly.bytes(random, random.nextInt(120));
            if (message.length > 30) {
                byte[] header = packetTo("10.0.35.9");
                System.arraycopy(header, 0, message, 10, 20);
                Bytes.put16(message, 12, message.length - 10);
                message[10 + random.nextInt(20)] = (byte) random.nextInt(256);
                message[1] = (byte) Randomly.oneOf(random, 0, 1, 4, 5, 3, 0x81);
            }
            read(message);
            readComplete();
            udp.packets();
            tun.messages();
        });
    }

    /** The kernel, when it sends nothing. */
    private static final class RefuseWrites extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new IOException("Message too long"));
        }
    }
}
