package io.rudder.netty.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InternetChecksumTest {

    private static int sum(byte[] bytes, int offset, int length) {
        ByteBuffer words = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
        words.duplicate().put(bytes);
        return InternetChecksum.sum(words, offset, length);
    }

    @Test
    void sumsTheExampleOfTheRfc() {
        byte[] example = {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};
        assertThat(sum(example, 0, 8)).isEqualTo(0xddf2);
    }

    @Test
    void sumsEveryShortRangeAtEveryAlignment() {
        Randomly.times(3, random -> {
            byte[] bytes = Randomly.bytes(random, 90);
            for (int offset = 0; offset < 16; offset++) {
                for (int length = 0; length < 70; length++) {
                    byte[] range = Arrays.copyOfRange(bytes, offset, offset + length);
                    assertThat(sum(bytes, offset, length))
                            .as("offset %d, length %d", offset, length)
                            .isEqualTo(Reference.sum(range));
                }
            }
        });
    }

    @Test
    void sumsLongRanges() {
        Randomly.times(50, random -> {
            byte[] bytes = Randomly.bytes(random, 65536);
            int offset = random.nextInt(32);
            int length = 65536 - 32 - random.nextInt(3000);
            byte[] range = Arrays.copyOfRange(bytes, offset, offset + length);
            assertThat(sum(bytes, offset, length)).isEqualTo(Reference.sum(range));
        });
    }

    @Test
    void carriesNeverGetLost() {
        byte[] ones = new byte[65535];
        Arrays.fill(ones, (byte) 0xff);
        assertThat(sum(ones, 0, 65534)).isEqualTo(0xffff);
        assertThat(sum(ones, 0, 65535)).isEqualTo(0xff00);
        assertThat(sum(new byte[65535], 0, 65535)).isZero();
    }

    @Test
    void sumsHeadersOfEveryLengthAtEveryOffset() {
        Randomly.times(200, random -> {
            byte[] bytes = Randomly.bytes(random, 100);
            ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
            int offset = random.nextInt(40);
            int length = 4 * random.nextInt(16);
            byte[] range = Arrays.copyOfRange(bytes, offset, offset + length);
            assertThat(InternetChecksum.sumOfHeader(buffer, offset, length)).isEqualTo(Reference.sum(range));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0xffff, 0xffff",
        "0x10000, 1",
        "0x1ffff, 1",
        "0x1fffe, 0xffff",
        "0xffffffff, 0xffff",
        "0x100000000, 1",
        "0x1fffffffe, 0xffff",
        "0x1ffffffff, 1",
        "0x7fffffffffffffff, 0x7fff"
    })
    void foldsEveryCarry(long sum, int folded) {
        assertThat(InternetChecksum.fold(sum)).isEqualTo(folded);
    }
}
