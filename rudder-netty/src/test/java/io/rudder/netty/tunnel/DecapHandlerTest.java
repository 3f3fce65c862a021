package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.offload.Coalescer;
import io.rudder.netty.offload.PacketSink;
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
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.status.PeerTraffic;
import io.rudder.status.Traffic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecapHandlerTest {
    private static final InetSocketAddress OWN = new InetSocketAddress("198.51.100.1", 8285);

    private final Wire tun = new Wire();
    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private final RouteSource routes = new RouteSource();
    private final SegmentBatch batch = new SegmentBatch(udp.channel(), counters, Paths.wide(), Paths.NOBODY, true);

    private void start(boolean withVnetHeader) {
        routes.publish(Peers.ROUTES);
        PacketSink sink =
                withVnetHeader ? new Coalescer(tun.channel(), counters, true) : new PlainSink(tun.channel(), counters);
        IcmpResponder icmp = new IcmpResponder(tun.channel(), withVnetHeader, counters, () -> 0);
        tun.addLast(new EncapHandler(routes, batch, Paths.wide(), icmp, counters, withVnetHeader));
        udp.addLast(new DecapHandler(routes, sink, batch, ControlMessages.NONE, counters));
    }

    @AfterEach
    void everythingWasReleased() {
        Wire.closeAll(tun, udp);
    }

    private void receive(Peer from, byte[] payload) {
        ByteBuf content = Bytes.buffer(payload);
        udp.channel().pipeline().fireChannelRead(new DatagramPacket(content, OWN, from.endpoint()));
        // One reference is left if the test's device has not been looked at yet.
        assertThat(content.refCnt()).isLessThanOrEqualTo(1);
    }

    private void readComplete() {
        udp.channel().pipeline().fireChannelReadComplete();
    }

    private static byte[] packet(String from, String to, int payload) {
        byte[] header = Packets.ipv4Header(from, to, Packets.UDP, new byte[0]);
        return Reference.finish(Bytes.join(header, Packets.udp(1, 2, Randomly.bytes(new Random(payload), payload))));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesThePacketsOfPeersToTheHostUnchanged(boolean withVnetHeader) {
        start(withVnetHeader);
        byte[] first = packet("10.0.35.9", "10.0.34.7", 11);
        byte[] second = packet("10.0.36.9", "10.0.34.7", 1400);
        receive(Peers.B, first);
        receive(Peers.C, second);
        readComplete();
        List<byte[]> written = tun.messages();
        byte[] header = withVnetHeader ? Packets.plainVnet() : new byte[0];
        assertThat(written).hasSize(2);
        assertThat(written.get(0)).isEqualTo(Bytes.join(header, first));
        assertThat(written.get(1)).isEqualTo(Bytes.join(header, second));
        assertThat(counters.get(Counter.DECAP_PACKETS)).isEqualTo(2);
        assertThat(counters.get(Counter.DECAP_BYTES)).isEqualTo(first.length + second.length);
    }

    @Test
    void aPlainDeviceGetsEachPacketAtOnceSoThatItsBufferIsFreeForTheNextRead() {
        start(false);
        receive(Peers.B, packet("10.0.35.9", "10.0.34.7", 8));
        assertThat(tun.messages()).hasSize(1);
    }

    @Test
    void joinsWhatArrivesInOneBatch() {
        start(true);
        byte[] header = Packets.ipv4Header("10.0.35.9", "10.0.34.7", Packets.TCP, new byte[0]);
        byte[] big = Reference.finish(Bytes.join(header, Packets.tcp(5, 0x18, new byte[12], new byte[20_000])));
        Reference.segment(big, 1420).forEach(segment -> receive(Peers.B, segment));
        readComplete();
        List<byte[]> written = tun.messages();
        assertThat(written).hasSize(1);
        assertThat(written.get(0)).isEqualTo(Packets.superPacket(big, 1420));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsWhatEachPeerSentAndWhenItWasLastSeen(boolean withVnetHeader) {
        start(withVnetHeader);
        byte[] small = packet("10.0.35.9", "10.0.34.7", 11);
        byte[] large = packet("10.0.36.9", "10.0.34.7", 1400);
        receive(Peers.B, small);
        receive(Peers.C, large);
        receive(Peers.B, small);
        receive(Peers.C, packet("10.0.35.9", "10.0.34.7", 1400));
        readComplete();
        Map<Ipv4Prefix, PeerTraffic> traffic = Counters.traffic(List.of(counters), System.nanoTime());
        assertThat(traffic.get(Peers.B.subnet()).traffic()).isEqualTo(new Traffic(0, 0, 0, 2, 2 * small.length, 0));
        assertThat(traffic.get(Peers.C.subnet()).traffic()).isEqualTo(new Traffic(0, 0, 0, 1, large.length, 1));
        assertThat(traffic.get(Peers.B.subnet()).lastSeenSecondsAgo()).hasValueCloseTo(0.0, within(30.0));
    }

    @Test
    void dropsAndCountsByReasonAndAnswersNothing() {
        start(true);
        Peer stranger = Peers.peer("10.0.35.0/24", "198.51.100.9");
        receive(stranger, packet("10.0.35.9", "10.0.34.7", 8));
        receive(Peers.B, packet("10.0.36.9", "10.0.34.7", 8));
        receive(Peers.B, packet("10.0.35.9", "10.0.36.7", 8));
        receive(Peers.B, new byte[19]);
        receive(Peers.B, new byte[0]);
        receive(Peers.B, new byte[20]);
        byte[] ipv6 = new byte[40];
        ipv6[0] = 0x60;
        receive(Peers.B, ipv6);
        readComplete();

        assertThat(counters.get(Counter.DECAP_DROP_UNKNOWN_PEER)).isEqualTo(1);
        assertThat(counters.get(Counter.DECAP_DROP_WRONG_SOURCE)).isEqualTo(1);
        assertThat(counters.get(Counter.DECAP_DROP_WRONG_DESTINATION)).isEqualTo(1);
        assertThat(counters.get(Counter.DECAP_DROP_CONTROL)).isEqualTo(2);
        assertThat(counters.get(Counter.DECAP_DROP_MALFORMED)).isEqualTo(1);
        assertThat(counters.get(Counter.DECAP_DROP_IPV6)).isEqualTo(1);
        assertThat(counters.get(Counter.DECAP_PACKETS)).isZero();
        assertThat(tun.messages()).isEmpty();
        assertThat(udp.sends()).isEmpty();
    }

    @Test
    void oneBatchSeesOneRouteTable() {
        start(true);
        receive(Peers.B, packet("10.0.35.9", "10.0.34.7", 8));
        routes.publish(RouteTable.EMPTY);
        receive(Peers.B, packet("10.0.35.9", "10.0.34.7", 9));
        readComplete();
        receive(Peers.B, packet("10.0.35.9", "10.0.34.7", 10));
        readComplete();
        assertThat(counters.get(Counter.DECAP_PACKETS)).isEqualTo(2);
        assertThat(counters.get(Counter.DECAP_DROP_UNKNOWN_PEER)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void dropsWhileTheDeviceDoesNotKeepUp(boolean withVnetHeader) {
        start(withVnetHeader);
        tun.writable(false);
        receive(Peers.B, packet("10.0.35.9", "10.0.34.7", 8));
        receive(Peers.B, packet("10.0.35.9", "10.0.34.7", 8));
        readComplete();
        tun.writable(true);
        assertThat(tun.messages()).isEmpty();
        assertThat(counters.get(Counter.DECAP_DROP_QUEUE_FULL)).isEqualTo(2);
        assertThat(counters.get(Counter.DECAP_PACKETS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsPacketsThatTheDeviceRefuses(boolean withVnetHeader) {
        tun.addLast(new RefuseWrites());
        start(withVnetHeader);
        receive(Peers.B, packet("10.0.35.9", "10.0.34.7", 8));
        receive(Peers.C, packet("10.0.36.9", "10.0.34.7", 8));
        readComplete();
        assertThat(counters.get(Counter.DECAP_DROP_TUN_REFUSED)).isEqualTo(2);
    }

    @Test
    void randomBytesNeitherThrowNorLeak() {
        start(true);
        Randomly.times(20_000, random -> {
            byte[] payload = Randomly.bytes(random, random.nextInt(120));
            if (payload.length > 20 && random.nextBoolean()) {
                System.arraycopy(packet("10.0.35.9", "10.0.34.7", 1), 0, payload, 0, 20);
                Bytes.put16(payload, 2, payload.length);
                payload[random.nextInt(20)] = (byte) random.nextInt(256);
            }
            receive(Peers.B, payload);
            if (random.nextInt(4) == 0) {
                readComplete();
                tun.messages();
            }
        });
        readComplete();
    }

    /** The kernel, when it takes nothing. */
    private static final class RefuseWrites extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new IOException("Invalid argument"));
        }
    }
}
