package io.rudder.netty.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class VirtioNetHeaderTest {

    private static String hex(ByteBuf buffer) {
        return HexFormat.of().formatHex(Bytes.of(buffer));
    }

    @Test
    void readsEveryFieldByteByByte() {
        ByteBuf buffer =
                Unpooled.wrappedBuffer(HexFormat.of().parseHex("ff" + "0181" + "4200" + "98f5" + "2800" + "10ff"));
        assertThat(VirtioNetHeader.needsChecksum(buffer, 1)).isTrue();
        assertThat(VirtioNetHeader.gsoType(buffer, 1)).isEqualTo(VirtioNetHeader.GSO_TCPV4);
        assertThat(VirtioNetHeader.gsoSize(buffer, 1)).isEqualTo(0xf598);
        assertThat(VirtioNetHeader.checksumStart(buffer, 1)).isEqualTo(0x28);
        assertThat(VirtioNetHeader.checksumOffset(buffer, 1)).isEqualTo(0xff10);
    }

    @Test
    void aValidChecksumFlagAsksForNothing() {
        // VIRTIO_NET_HDR_F_DATA_VALID
        assertThat(VirtioNetHeader.needsChecksum(Unpooled.wrappedBuffer(Packets.vnet(2, 0, 0, 0, 0, 0)), 0))
                .isFalse();
        assertThat(VirtioNetHeader.needsChecksum(Unpooled.wrappedBuffer(Packets.vnet(3, 0, 0, 0, 0, 0)), 0))
                .isTrue();
    }

    @Test
    void writesAPlainHeaderOverAnything() {
        ByteBuf buffer = Unpooled.buffer().writeLong(-1).writeLong(-1);
        VirtioNetHeader.writePlain(buffer, 3);
        assertThat(hex(buffer)).isEqualTo("ffffff" + "00".repeat(10) + "ffffff");
    }

    @Test
    void writesSuperPacketHeadersByteByByte() {
        ByteBuf buffer = Unpooled.buffer().writeLong(-1).writeShort(-1);
        VirtioNetHeader.writeSuperPacket(buffer, 0, VirtioNetHeader.GSO_TCPV4, 1432, 52, 20);
        assertThat(hex(buffer)).isEqualTo("01" + "01" + "3400" + "9805" + "1400" + "1000");
        VirtioNetHeader.writeSuperPacket(buffer, 0, VirtioNetHeader.GSO_UDP_L4, 1, 28, 20);
        assertThat(hex(buffer)).isEqualTo("01" + "05" + "1c00" + "0100" + "1400" + "0600");
    }
}
