package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.rudder.netty.testing.Bytes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TapHandlersTest {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("192.0.2.1", 8285);
    private static final InetSocketAddress OTHER = new InetSocketAddress("192.0.2.2", 8285);

    private final EmbeddedChannel tun = new EmbeddedChannel();
    private final EmbeddedChannel udp = new EmbeddedChannel();
    private final Seen seen = new Seen();

    @AfterEach
    void close() {
        tun.finishAndReleaseAll();
        udp.finishAndReleaseAll();
    }

    private TapHandlers attached(boolean vnetHeader) {
        TapHandlers handlers = new TapHandlers(tun.eventLoop(), tun, udp, vnetHeader, seen);
        handlers.add();
        tun.runPendingTasks();
        return handlers;
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.copiedBuffer(HexFormat.of().parseHex(hex));
    }

    @Test
    void packetsOfBothDirectionsAreShownAndGoOn() {
        attached(false);
        tun.writeInbound(bytes("450001"));
        tun.writeOutbound(bytes("450002"));
        udp.writeInbound(new DatagramPacket(bytes("450003"), LOCAL, OTHER));
        udp.writeOutbound(new DatagramPacket(bytes("450004"), OTHER));

        assertThat(seen.list).containsExactly("from host 450001", "to host 450002", "received 450003", "sent 450004");
        assertThat(Bytes.of(tun.<ByteBuf>readInbound())).isEqualTo(Bytes.of(bytes("450001")));
        assertThat(Bytes.of(tun.<ByteBuf>readOutbound())).isEqualTo(Bytes.of(bytes("450002")));
        assertThat(udp.<DatagramPacket>readInbound().sender()).isEqualTo(OTHER);
        assertThat(udp.<DatagramPacket>readOutbound().recipient()).isEqualTo(OTHER);
    }

    @Test
    void theKernelsHeaderIsNotPartOfAPacket() {
        attached(true);
        tun.writeInbound(bytes("00000000000000000000" + "450001"));
        tun.writeOutbound(bytes("00000000000000000000"));
        assertThat(seen.list).containsExactly("from host 450001");
    }

    @Test
    void eachDatagramOfARunIsShown() {
        attached(false);
        udp.writeOutbound(new SegmentedDatagramPacket(bytes("450001" + "450002" + "45"), 3, OTHER));
        udp.writeInbound(new SegmentedDatagramPacket(bytes("460001" + "460002"), 3, LOCAL, OTHER));
        assertThat(seen.list)
                .containsExactly("sent 450001", "sent 450002", "sent 45", "received 460001", "received 460002");
    }

    @Test
    void whatIsNoPacketIsPassedOnUnseen() {
        attached(false);
        tun.writeInbound("event");
        udp.writeInbound("event");
        udp.writeOutbound(new DatagramPacket(Unpooled.EMPTY_BUFFER, OTHER));
        assertThat(seen.list).isEmpty();
        assertThat(tun.<Object>readInbound()).isEqualTo("event");
        assertThat(udp.<Object>readInbound()).isEqualTo("event");
    }

    @Test
    void nothingIsShownOnceItIsRemovedAlsoTwiceOrAfterTheEnd() {
        TapHandlers handlers = attached(false);
        handlers.remove();
        handlers.remove();
        tun.runPendingTasks();
        tun.writeInbound(bytes("450001"));
        assertThat(seen.list).isEmpty();

        TapHandlers later = attached(false);
        tun.close();
        udp.close();
        later.remove();
        tun.runPendingTasks();
        tun.checkException();
    }

    private static final class Seen implements PacketTap {
        private final List<String> list = new ArrayList<>();

        @Override
        public void inner(boolean fromHost, ByteBuf buffer, int offset, int length) {
            list.add((fromHost ? "from host " : "to host ") + hex(buffer, offset, length));
        }

        @Override
        public void outer(boolean sent, InetSocketAddress other, ByteBuf payload, int offset, int length) {
            assertThat(other).isEqualTo(OTHER);
            list.add((sent ? "sent " : "received ") + hex(payload, offset, length));
        }

        private static String hex(ByteBuf buffer, int offset, int length) {
            return HexFormat.of().formatHex(Bytes.of(buffer.slice(offset, length)));
        }
    }
}
