package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.offload.PathMtus;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Reassembler;
import io.rudder.netty.testing.Reference;
import io.rudder.netty.testing.RefusingSocket;
import io.rudder.netty.testing.Wire;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the device to a peer behind a hop of 1400 bytes: what arrives, and what the senders on this host are told. */
class NarrowPathTest {
    private static final int PATH_MTU = 1400;
    private static final int LIMIT = PATH_MTU - 28;
    private static final int FULL = 1472;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int ACK_PSH = 0x18;

    private final Wire tun = new Wire();
    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private final RouteSource routes = new RouteSource();
    private final PathMtus pathMtus = new PathMtus(() -> 0, address -> PATH_MTU);
    private IcmpResponder icmp;
    private SegmentBatch batch;

    @BeforeEach
    void start() {
        routes.publish(Peers.ROUTES);
        icmp = new IcmpResponder(tun.channel(), true, counters, () -> 0);
        batch = new SegmentBatch(
                udp.channel(),
                counters,
                pathMtus,
                (packet, offset, length, mtu) ->
                        icmp.fragmentationNeeded(routes.current(), packet, offset, length, mtu),
                true);
        tun.addLast(new EncapHandler(routes, batch, pathMtus, icmp, counters, true));
        RefusingSocket socket = new RefusingSocket(batch::sendFailed);
        socket.rule((run, longest) -> longest > LIMIT ? RefusingSocket.EMSGSIZE : 0);
        udp.addLast(socket);
    }

    @AfterEach
    void everythingWasReleased() {
        Wire.closeAll(tun, udp);
    }

    /** Reads one message from the device and gives what arrives at the peer. */
    private List<byte[]> carry(byte[] message) {
        ByteBuf buffer = Bytes.buffer(message);
        tun.channel().pipeline().fireChannelRead(buffer);
        tun.channel().pipeline().fireChannelReadComplete();
        assertThat(buffer.refCnt()).isZero();
        return udp.packets();
    }

    private static byte[] datagram(int length, int fragmentField) {
        byte[] payload = new byte[length - 28];
        new Random(length).nextBytes(payload);
        byte[] packet = Packets.ipv4("10.0.34.7", "10.0.35.9", Packets.UDP, Packets.udp(1, 2, payload));
        Bytes.put16(packet, 6, fragmentField);
        return Reference.finish(packet);
    }

    private static byte[] stream(int payloadLength) {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.TCP, new byte[0]);
        byte[] payload = new byte[payloadLength];
        new Random(payloadLength).nextBytes(payload);
        return Reference.finish(Bytes.join(header, Packets.tcp(5, ACK_PSH, new byte[12], payload)));
    }

    private static byte[] plain(byte[] packet) {
        return Bytes.join(Packets.plainVnet(), packet);
    }

    private static byte[] afterTheHop(byte[] packet) {
        byte[] forwarded = packet.clone();
        forwarded[8]--;
        return Reference.finishIp(forwarded);
    }

    /** The one message to the device must be "fragmentation needed", with the limit, about this packet. */
    private void assertToldAbout(byte[] packet) {
        List<byte[]> told = tun.messages();
        assertThat(told).hasSize(1);
        byte[] message = Arrays.copyOfRange(told.get(0), 10, told.get(0).length);
        assertThat(Bytes.u8(message, 20)).as("type").isEqualTo(3);
        assertThat(Bytes.u8(message, 21)).as("code").isEqualTo(4);
        assertThat(Bytes.u16(message, 26)).as("MTU").isEqualTo(LIMIT);
        assertThat(Arrays.copyOfRange(message, 28, message.length))
                .isEqualTo(Arrays.copyOf(afterTheHop(packet), Reference.ipHeaderLength(packet) + 8));
        assertThat(Reference.sum(Arrays.copyOfRange(message, 20, message.length)))
                .isEqualTo(0xffff);
    }

    @Test
    void aPacketNotToBeFragmentedIsAnsweredWithTheLimit() {
        byte[] packet = datagram(FULL, DONT_FRAGMENT);

        assertThat(carry(plain(packet))).isEmpty();

        assertToldAbout(packet);
        assertThat(counters.get(Counter.ENCAP_DROP_TOO_BIG)).isEqualTo(1);
        assertThat(counters.get(Counter.ICMP_FRAGMENTATION_NEEDED_SENT)).isEqualTo(1);
    }

    @Test
    void aPacketThatMayBeFragmentedArrivesWholeAndNobodyIsTold() {
        byte[] packet = datagram(FULL, 0);

        List<byte[]> fragments = carry(plain(packet));

        assertThat(fragments).hasSize(2);
        assertThat(Reassembler.whole(fragments)).isEqualTo(afterTheHop(packet));
        assertThat(tun.messages()).isEmpty();
    }

    @Test
    void aStreamsSuperPacketIsCutToTheLimitOnceThatIsKnown() {
        carry(plain(datagram(FULL, DONT_FRAGMENT)));
        tun.messages();
        byte[] big = stream(30_000);

        List<byte[]> segments = carry(Packets.superPacket(big, 1420));

        List<byte[]> expected = Reference.segment(afterTheHop(big), LIMIT - 52);
        assertThat(segments.toArray(byte[][]::new)).isDeepEqualTo(expected.toArray(byte[][]::new));
        assertToldAbout(big);
    }

    @Test
    void aStreamsFirstSuperPacketIsLostButItsSenderIsTold() {
        byte[] big = stream(3 * 1420);

        assertThat(carry(Packets.superPacket(big, 1420))).isEmpty();

        assertThat(counters.get(Counter.ENCAP_DROP_TOO_BIG)).isEqualTo(3);
        assertThat(tun.messages()).hasSize(3);
    }

    @Test
    void aStreamWhoseSegmentsFitIsLeftAlone() {
        carry(plain(datagram(FULL, DONT_FRAGMENT)));
        tun.messages();
        byte[] big = stream(30_000);

        List<byte[]> segments = carry(Packets.superPacket(big, LIMIT - 52));

        assertThat(segments).hasSize((30_000 + LIMIT - 53) / (LIMIT - 52));
        assertThat(tun.messages()).isEmpty();
    }

    @Test
    void thePathToOnePeerSaysNothingOfAnother() {
        carry(plain(datagram(FULL, DONT_FRAGMENT)));

        assertThat(pathMtus.limit(Peers.B)).isEqualTo(LIMIT);
        assertThat(pathMtus.limit(Peers.C)).isEqualTo(PathMtus.UNLIMITED);
    }
}
