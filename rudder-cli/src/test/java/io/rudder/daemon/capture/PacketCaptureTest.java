package io.rudder.daemon.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.net.Ipv4;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PacketCaptureTest {
    private static final OptionalInt ANY = OptionalInt.empty();
    private static final InetSocketAddress LOCAL = new InetSocketAddress("192.0.2.1", 8285);
    private static final InetSocketAddress OTHER = new InetSocketAddress("192.0.2.2", 8285);

    // UDP from 10.5.1.1:4096 to 10.5.2.2:53.
    private final ByteBuf packet = Unpooled.wrappedBuffer(
            HexFormat.of().parseHex("4500001c000000004011" + "0000" + "0a050101" + "0a050202" + "1000003500080000"));

    private boolean takes(CaptureFilter filter, boolean fromHost) throws InterruptedException {
        PacketCapture capture = new PacketCapture(false, filter, 65535, LOCAL, Clock.systemUTC());
        capture.inner(fromHost, packet, 0, packet.readableBytes());
        return capture.poll(0).isPresent();
    }

    @Test
    void takesWhatTheFilterNames() throws InterruptedException {
        OptionalInt source = OptionalInt.of(Ipv4.parse("10.5.1.1"));
        OptionalInt stranger = OptionalInt.of(Ipv4.parse("10.5.1.2"));

        assertThat(takes(CaptureFilter.ALL, true)).isTrue();
        assertThat(takes(new CaptureFilter(OptionalInt.of(1), ANY, ANY, ANY), true))
                .isTrue();
        assertThat(takes(new CaptureFilter(OptionalInt.of(1), ANY, ANY, ANY), false))
                .isFalse();
        assertThat(takes(new CaptureFilter(ANY, source, ANY, ANY), true)).isTrue();
        assertThat(takes(new CaptureFilter(ANY, stranger, ANY, ANY), true)).isFalse();
        assertThat(takes(new CaptureFilter(ANY, ANY, OptionalInt.of(17), OptionalInt.of(53)), true))
                .isTrue();
        assertThat(takes(new CaptureFilter(ANY, ANY, OptionalInt.of(6), ANY), true))
                .isFalse();
        assertThat(takes(new CaptureFilter(ANY, ANY, ANY, OptionalInt.of(54)), true))
                .isFalse();
    }

    @Test
    void takesOnlyTheSideThatWasAskedFor() throws InterruptedException {
        PacketCapture outer = new PacketCapture(true, CaptureFilter.ALL, 65535, LOCAL, Clock.systemUTC());

        outer.inner(true, packet, 0, packet.readableBytes());
        assertThat(outer.poll(0)).isEmpty();

        outer.outer(true, OTHER, packet, 0, packet.readableBytes());
        assertThat(outer.poll(0))
                .hasValueSatisfying(record -> assertThat(record).hasSize(16 + 28 + 28));
    }

    @Test
    void dropsAndCountsWhatNobodyTakes() throws InterruptedException {
        PacketCapture capture = new PacketCapture(false, CaptureFilter.ALL, 65535, LOCAL, Clock.systemUTC());
        for (int i = 0; i < 5000; i++) {
            capture.inner(true, packet, 0, packet.readableBytes());
        }

        int taken = 0;
        while (capture.poll(0).isPresent()) {
            taken++;
        }
        assertThat(capture.dropped()).isPositive();
        assertThat(taken + capture.dropped()).isEqualTo(5000);
    }

    @Test
    void readsNothingBeyondAShortPacket() throws InterruptedException {
        CaptureFilter port = new CaptureFilter(ANY, ANY, ANY, OptionalInt.of(53));
        for (int length = 0; length < packet.readableBytes(); length++) {
            PacketCapture capture = new PacketCapture(false, port, 65535, LOCAL, Clock.systemUTC());
            capture.inner(true, packet.copy(0, length), 0, length);

            // Both ports are there from the fourth byte after the IP header on.
            assertThat(capture.poll(0).isPresent()).isEqualTo(length >= 24);
        }
    }
}
