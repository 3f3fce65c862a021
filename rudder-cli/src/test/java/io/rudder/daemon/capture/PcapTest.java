package io.rudder.daemon.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PcapTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void fileBeginsWithMagicVersionSnapLengthAndLinkType() {
        assertThat(HEX.formatHex(Pcap.fileHeader(262144)))
                .isEqualTo("a1b23c4d" + "00020004" + "00000000" + "00000000" + "00040000" + "00000065");
    }

    @Test
    void recordTellsTimeAndBothLengthsAndCutsThePacket() {
        ByteBuf packet = Unpooled.wrappedBuffer(HEX.parseHex("ff0102030405"));

        byte[] record = Pcap.record(Instant.ofEpochSecond(2, 3), new byte[] {9}, packet, 1, 5, 4);

        assertThat(HEX.formatHex(record)).isEqualTo("00000002" + "00000003" + "00000004" + "00000006" + "09010203");
    }

    @Test
    void datagramGetsTheHeadersThatTheKernelGaveIt() {
        InetSocketAddress from = new InetSocketAddress("192.0.2.1", 8285);
        InetSocketAddress to = new InetSocketAddress("192.0.2.2", 9000);

        // The checksum by hand: 4500+0038+4000+4011+c000+0201+c000+0202 = 2494c, folded 494e, complement b6b1.
        assertThat(HEX.formatHex(Pcap.headers(from, to, 28)))
                .isEqualTo("45000038" + "00004000" + "4011b6b1" + "c0000201" + "c0000202" + "205d2328" + "00240000");
    }
}
