package io.rudder.netty.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reference;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ipv4HeaderTest {

    /** A header with a right checksum, of which the identification brings about any wanted value. */
    private static byte[] headerWithChecksum(int timeToLive, int checksum) {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.UDP, new byte[0]);
        Bytes.put16(header, 2, 20);
        header[8] = (byte) timeToLive;
        Bytes.put16(header, 4, 0);
        Bytes.put16(header, 10, checksum);
        Bytes.put16(header, 4, ~Reference.sum(header));
        return header;
    }

    @Test
    void decrementsEveryTimeToLiveWithAnyChecksum() {
        for (int timeToLive = 1; timeToLive < 256; timeToLive++) {
            for (int checksum = 0; checksum < 0x10000; checksum += checksum < 0x200 || checksum > 0xfd00 ? 1 : 251) {
                byte[] header = headerWithChecksum(timeToLive, checksum);
                assertThat(Reference.sum(header)).isEqualTo(0xffff);
                ByteBuf buffer = Unpooled.wrappedBuffer(header);
                Ipv4Header.decrementTimeToLive(buffer, 0);
                if (Bytes.u8(header, 8) != timeToLive - 1 || Reference.sum(header) != 0xffff) {
                    assertThat(Bytes.u8(header, 8)).isEqualTo(timeToLive - 1);
                    assertThat(Reference.sum(header))
                            .as("ttl %d, checksum %04x", timeToLive, checksum)
                            .isEqualTo(0xffff);
                }
            }
        }
    }

    @Test
    void decrementingGivesTheChecksumThatComputingAnewGives() {
        Randomly.times(20_000, random -> {
            byte[] header = Randomly.bytes(random, 20);
            header[0] = 0x45;
            header[8] = (byte) (1 + random.nextInt(255));
            header = Reference.finishIp(header);
            ByteBuf patched = Unpooled.copiedBuffer(header);
            Ipv4Header.decrementTimeToLive(patched, 0);

            header[8]--;
            assertThat(Bytes.of(patched)).isEqualTo(Reference.finishIp(header));
        });
    }

    @Test
    void decrementingKeepsAWrongChecksumWrong() {
        byte[] header = headerWithChecksum(64, 0x1111);
        header[10] ^= 1;
        Ipv4Header.decrementTimeToLive(Unpooled.wrappedBuffer(header), 0);
        assertThat(Reference.sum(header)).isNotEqualTo(0xffff);
    }

    @Test
    void computesChecksumsOfHeadersWithAndWithoutOptions() {
        Randomly.times(2000, random -> {
            int words = 5 + random.nextInt(11);
            int offset = random.nextInt(11);
            byte[] header = Randomly.bytes(random, words * 4);
            header[0] = (byte) (0x40 + words);
            ByteBuf buffer = Unpooled.buffer().writeZero(offset).writeBytes(header);
            Ipv4Header.updateChecksum(buffer, offset);

            byte[] updated = Bytes.of(buffer.readerIndex(offset));
            assertThat(Reference.sum(updated)).isEqualTo(0xffff);
            updated[10] = header[10];
            updated[11] = header[11];
            assertThat(updated).isEqualTo(header);
        });
    }

    @Test
    void readsFieldsWithoutSigns() {
        byte[] bytes = new byte[24];
        Arrays.fill(bytes, (byte) 0xff);
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        assertThat(Ipv4Header.version(buffer, 1)).isEqualTo(15);
        assertThat(Ipv4Header.headerLength(buffer, 1)).isEqualTo(60);
        assertThat(Ipv4Header.totalLength(buffer, 1)).isEqualTo(65535);
        assertThat(Ipv4Header.timeToLive(buffer, 1)).isEqualTo(255);
        assertThat(Ipv4Header.protocol(buffer, 1)).isEqualTo(255);
    }

    @ParameterizedTest
    @CsvSource({
        "0x0000, false, false",
        "0x4000, false, false",
        "0x8000, false, false",
        "0x2000, true, false",
        "0x2001, true, true",
        "0x0001, true, true",
        "0x1fff, true, true",
        "0x5000, true, true"
    })
    void tellsFragments(int field, boolean fragment, boolean later) {
        ByteBuf buffer = Unpooled.buffer().writeZero(20).setShort(6, field);
        assertThat(Ipv4Header.isFragment(buffer, 0)).isEqualTo(fragment);
        assertThat(Ipv4Header.isLaterFragment(buffer, 0)).isEqualTo(later);
    }
}
