package io.rudder.netty.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.netty.testing.Randomly;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketShapeTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "smallest,                       0x45,  20, 20, IPV4",
        "with payload,                   0x45,  28, 28, IPV4",
        "options to the end,             0x46,  24, 24, IPV4",
        "longest header,                 0x4f,  60, 60, IPV4",
        "longest packet,                 0x45,  65535, 65535, IPV4",
        "nothing,                        0x45,  0, 0, MALFORMED",
        "negative,                       0x45,  20, -10, MALFORMED",
        "one byte short,                 0x45,  19, 19, MALFORMED",
        "header length 4 words,          0x44,  20, 20, MALFORMED",
        "header length 0,                0x40,  20, 20, MALFORMED",
        "header beyond the packet,       0x46,  20, 20, MALFORMED",
        "longest header beyond,          0x4f,  56, 56, MALFORMED",
        "total length too small,         0x45,  27, 28, MALFORMED",
        "total length below header,      0x45,  19, 20, MALFORMED",
        "total length too large,         0x45,  29, 28, MALFORMED",
        "total length 0,                 0x45,  0, 28, MALFORMED",
        "version 0,                      0x05,  20, 20, MALFORMED",
        "version 5,                      0x55,  20, 20, MALFORMED",
        "version 7,                      0x75,  20, 20, MALFORMED",
        "version 15,                     0xf5,  20, 20, MALFORMED",
        "version 6,                      0x60,  0, 40, IPV6",
        "version 6 with odd low bits,    0x6f,  0, 20, IPV6",
        "version 6 but shorter than v4,  0x60,  0, 19, MALFORMED",
    })
    void tellsWhatBytesAre(String name, int firstByte, int totalLength, int length, PacketShape shape) {
        ByteBuf buffer = Unpooled.buffer().writeZero(3 + 65535);
        buffer.setByte(3, firstByte).setShort(3 + 2, totalLength);
        assertThat(PacketShape.of(buffer, 3, length)).isEqualTo(shape);
    }

    @Test
    void neverReadsBeyondTheBytes() {
        Randomly.times(10_000, random -> {
            byte[] bytes = Randomly.bytes(random, random.nextInt(64));
            ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
            if (PacketShape.of(buffer, 0, bytes.length) == PacketShape.IPV4) {
                assertThat(Ipv4Header.headerLength(buffer, 0)).isBetween(20, bytes.length);
                assertThat(Ipv4Header.totalLength(buffer, 0)).isEqualTo(bytes.length);
            }
        });
    }
}
