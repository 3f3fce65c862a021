package io.rudder.netty.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.net.Ipv4;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reference;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IcmpErrorTest {
    private static final int OWN = Ipv4.parse("10.0.34.0");

    private static byte[] written(IcmpError error, byte[] offending, int mtu) {
        ByteBuf out = Unpooled.directBuffer().writeZero(10);
        ByteBuf packet = Bytes.buffer(offending);
        error.write(out, OWN, packet, packet.readerIndex(), offending.length, mtu);
        byte[] message = Bytes.of(out.readerIndex(10));
        assertThat(Bytes.of(packet)).isEqualTo(offending);
        out.release();
        packet.release();
        return message;
    }

    @Test
    void writesNetUnreachableByteByByte() {
        byte[] offending = Packets.ipv4(
                "10.0.34.7", "10.0.99.9", Packets.UDP, Packets.udp(0x1111, 0x2222, new byte[] {1, 2, 3, 4}));
        byte[] message = written(IcmpError.NET_UNREACHABLE, offending, 0);

        assertThat(HexFormat.of().formatHex(message))
                .startsWith("45c00038" + "00000000" + "4001")
                .contains("0a002200" + "0a002207" + "0300")
                .endsWith("00000000" + HexFormat.of().formatHex(offending, 0, 28));
        assertThat(message).hasSize(56);
        assertChecksums(message);
    }

    @ParameterizedTest
    @CsvSource({"NET_UNREACHABLE, 3, 0, 0", "FRAGMENTATION_NEEDED, 3, 4, 1400", "TIME_EXCEEDED, 11, 0, 0"})
    void writesTypeCodeAndMtu(IcmpError error, int type, int code, int mtu) {
        Randomly.times(100, random -> {
            byte[] options = Randomly.bytes(random, 4 * random.nextInt(11));
            byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.99.9", Packets.UDP, options);
            byte[] offending = Reference.finishIp(Bytes.join(header, Randomly.bytes(random, random.nextInt(20))));
            byte[] message = written(error, offending, mtu);

            assertThat(Bytes.u8(message, 20)).isEqualTo(type);
            assertThat(Bytes.u8(message, 21)).isEqualTo(code);
            assertThat(Bytes.i32(message, 24)).isEqualTo(mtu);
            int quoted = Math.min(offending.length, header.length + 8);
            assertThat(Arrays.copyOfRange(message, 28, message.length)).isEqualTo(Arrays.copyOf(offending, quoted));
            assertThat(message.length).isLessThanOrEqualTo(IcmpError.MAX_LENGTH);
            assertChecksums(message);
        });
    }

    private static void assertChecksums(byte[] message) {
        assertThat(Bytes.u16(message, 2)).isEqualTo(message.length);
        assertThat(Reference.sum(Arrays.copyOf(message, 20))).isEqualTo(0xffff);
        assertThat(Reference.sum(Arrays.copyOfRange(message, 20, message.length)))
                .isEqualTo(0xffff);
    }

    // ---- what may be answered

    private static boolean mayAnswer(byte[] packet) {
        return IcmpError.mayAnswer(Unpooled.wrappedBuffer(packet), 0, packet.length);
    }

    private static byte[] icmp(int type) {
        return Packets.ipv4("10.0.34.7", "10.0.99.9", Packets.ICMP, new byte[] {(byte) type, 0, 0, 0, 0, 0, 0, 0});
    }

    @Test
    void answersOnlyIcmpQuestionsAndAnswers() {
        for (int type = 0; type < 256; type++) {
            boolean harmless = type == 0 || type == 8 || type >= 13 && type <= 18;
            assertThat(mayAnswer(icmp(type))).as("ICMP type %d", type).isEqualTo(harmless);
        }
    }

    @Test
    void doesNotAnswerIcmpThatIsTooShortToTell() {
        assertThat(mayAnswer(Packets.ipv4("10.0.34.7", "10.0.99.9", Packets.ICMP, new byte[0])))
                .isFalse();
    }

    @Test
    void findsTheIcmpTypeBehindOptions() {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.99.9", Packets.ICMP, new byte[] {8, 8, 8, 8});
        assertThat(mayAnswer(Reference.finishIp(Bytes.join(header, new byte[] {3, 0, 0, 0, 0, 0, 0, 0}))))
                .isFalse();
        assertThat(mayAnswer(Reference.finishIp(Bytes.join(header, new byte[] {8, 0, 0, 0, 0, 0, 0, 0}))))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0x0000, true", "0x4000, true", "0x2000, true", "0x2001, false", "0x0001, false", "0x1fff, false"})
    void answersFirstFragmentsOnly(int fragment, boolean answered) {
        byte[] packet = Packets.ipv4("10.0.34.7", "10.0.99.9", Packets.UDP, Packets.udp(1, 2, new byte[8]));
        Bytes.put16(packet, 6, fragment);
        assertThat(mayAnswer(packet)).isEqualTo(answered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "255.255.255.255", "224.0.0.1", "239.255.255.250", "127.0.0.1"})
    void neverAnswersAboutWhatIsNotOneHost(String address) {
        byte[] udp = Packets.udp(1, 2, new byte[8]);
        assertThat(mayAnswer(Packets.ipv4(address, "10.0.99.9", Packets.UDP, udp)))
                .isFalse();
        assertThat(mayAnswer(Packets.ipv4("10.0.34.7", address, Packets.UDP, udp)))
                .isFalse();
        assertThat(mayAnswer(Packets.ipv4("10.0.34.7", "10.0.99.9", Packets.UDP, udp)))
                .isTrue();
    }
}
