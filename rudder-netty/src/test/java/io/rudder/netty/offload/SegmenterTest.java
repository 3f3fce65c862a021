package io.rudder.netty.offload;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Paths;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reference;
import io.rudder.netty.testing.SuperPackets;
import io.rudder.netty.testing.Wire;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmenterTest {
    private final Wire udp = new Wire();
    private final Counters counters = new Counters();
    private final SegmentBatch batch = new SegmentBatch(udp.channel(), counters, Paths.wide(), Paths.NOBODY, true);
    private final Segmenter segmenter = new Segmenter(batch);

    @AfterEach
    void everythingWasReleased() {
        batch.release();
        Wire.closeAll(udp);
    }

    /** What one message becomes; empty if it is refused. */
    private List<byte[]> cut(byte[] message) {
        ByteBuf buffer = Bytes.buffer(message);
        boolean sent = segmenter.send(buffer, Peers.B, PathMtus.UNLIMITED);
        assertThat(Bytes.of(buffer)).isEqualTo(message);
        assertThat(buffer.refCnt()).isEqualTo(1);
        buffer.release();
        batch.flush();
        List<byte[]> packets = udp.packets();
        assertThat(sent).isEqualTo(!packets.isEmpty());
        return packets;
    }

    private static void assertSame(List<byte[]> actual, List<byte[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).as("packet %d", i).isEqualTo(expected.get(i));
        }
    }

    // ---- super-packets

    @Test
    void cutsAnySuperPacketAsTheReferenceDoes() {
        Randomly.times(1500, random -> {
            byte[] big = SuperPackets.any(random);
            int gsoSize = Math.min(SuperPackets.gsoSize(random, big), 60_000);
            List<byte[]> packets = cut(Packets.superPacket(big, gsoSize));

            assertSame(packets, Reference.segment(big, gsoSize));
            assertThat(packets).allMatch(Reference::isValid);
        });
    }

    @Test
    void trustsNeitherHeaderLengthNorTheSeedNorTheLengthFields() {
        Randomly.times(300, random -> {
            byte[] big = SuperPackets.any(random);
            int gsoSize = Math.min(SuperPackets.gsoSize(random, big), 60_000);
            byte[] message = Packets.superPacket(big, gsoSize);
            Bytes.put16(message, 2, random.nextInt(65536));
            int checksum = 10 + Reference.ipHeaderLength(big) + (Reference.isTcp(big) ? 16 : 6);
            Bytes.put16(message, checksum, random.nextInt(65536));
            if (!Reference.isTcp(big)) {
                Bytes.put16(message, checksum - 2, random.nextInt(65536));
            }
            assertSame(cut(message), Reference.segment(big, gsoSize));
        });
    }

    @Test
    void takesTheEcnMarkOfTheGsoTypeForWhatItIs() {
        Random random = new Random(1);
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.TCP, new byte[0]);
        byte[] tcp = Packets.tcp(7, 0xff, new byte[0], Randomly.bytes(random, 2500));
        byte[] big = Reference.finish(Bytes.join(header, tcp));
        byte[] message = Packets.superPacket(big, 1000);
        message[1] |= (byte) 0x80;
        List<byte[]> packets = cut(message);

        assertSame(packets, Reference.segment(big, 1000));
        assertThat(packets).extracting(packet -> Bytes.u8(packet, 33)).containsExactly(0xf6, 0x76, 0x7f);
    }

    @Test
    void cutsIntoSingleBytes() {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.UDP, new byte[0]);
        byte[] big = Reference.finish(Bytes.join(header, Packets.udp(1, 2, new byte[300])));
        assertThat(cut(Packets.superPacket(big, 1))).hasSize(300).allMatch(packet -> packet.length == 29);
        assertThat(counters.get(Counter.ENCAP_PACKETS)).isEqualTo(300);
        assertThat(counters.get(Counter.ENCAP_BYTES)).isEqualTo(300 * 29);
    }

    @Test
    void aUdpChecksumOfZeroIsWrittenAsAllOnes() {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.UDP, new byte[0]);
        byte[] packet = Reference.finish(Bytes.join(header, Packets.udp(1, 2, new byte[4])));
        // A payload that holds the complement makes the sum of all the rest 0.
        Bytes.put16(packet, 28, Bytes.u16(packet, 26));
        byte[] zeroSum = Reference.finish(packet);
        assertThat(Bytes.u16(zeroSum, 26)).isEqualTo(0xffff);

        byte[] whole = Bytes.join(Packets.vnet(1, 0, 0, 0, 20, 6), Reference.withSeed(zeroSum));
        assertSame(cut(whole), List.of(zeroSum));
        assertSame(cut(Packets.superPacket(zeroSum, 100)), List.of(zeroSum));
    }

    // ---- single packets

    @Test
    void completesPartialChecksums() {
        Randomly.times(1000, random -> {
            byte[] packet = SuperPackets.any(random);
            if (packet.length > SegmentBatch.MAX_BYTES) {
                return;
            }
            int field = Reference.isTcp(packet) ? 16 : 6;
            byte[] vnet = Packets.vnet(1, 0, random.nextInt(65536), 0, Reference.ipHeaderLength(packet), field);
            List<byte[]> packets = cut(Bytes.join(vnet, Reference.withSeed(packet)));

            assertThat(packets).hasSize(1);
            assertThat(packets).allMatch(Reference::isValid);
        });
    }

    @Test
    void sendsCompletePacketsAsTheyAre() {
        Randomly.times(500, random -> {
            byte[] packet = Randomly.bytes(random, 20 + random.nextInt(3000));
            int flags = Randomly.oneOf(random, 0, 2, 0xfe);
            byte[] vnet = Packets.vnet(flags, 0, random.nextInt(99), random.nextInt(99), random.nextInt(99), 6);
            assertSame(cut(Bytes.join(vnet, packet)), List.of(packet));
        });
    }

    @Test
    void leavesADatagramWithoutChecksumWithoutOne() {
        byte[] packet = Packets.ipv4("10.0.34.7", "10.0.35.9", Packets.UDP, Packets.udp(1, 2, new byte[11]));
        assertSame(cut(Bytes.join(Packets.plainVnet(), packet)), List.of(packet));
    }

    @ParameterizedTest
    @ValueSource(ints = {65507, 65508, 65535})
    void aPacketThatNoDatagramHoldsIsRefused(int length) {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.UDP, new byte[0]);
        byte[] packet = Reference.finish(Bytes.join(header, Packets.udp(1, 2, new byte[length - 28])));
        List<byte[]> packets = cut(Bytes.join(Packets.plainVnet(), packet));
        assertThat(packets).hasSize(length <= SegmentBatch.MAX_BYTES ? 1 : 0);
    }

    // ---- what does not fit together

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no segment size,                   1, 1, 0,     20, 16",
        "no open checksum,                  0, 1, 1000,  20, 16",
        "UFO,                               1, 3, 1000,  20, 16",
        "unknown type,                      1, 2, 1000,  20, 16",
        "type with all bits,                1, 127, 1000, 20, 16",
        "IPv6 type on IPv4,                 1, 4, 1000,  20, 16",
        "transport within the IP header,    1, 1, 1000,  16, 16",
        "transport at 0,                    1, 1, 1000,  0,  16",
        "transport behind the IP header,    1, 1, 1000,  24, 16",
        "transport beyond the packet,       1, 1, 1000,  65535, 16",
        "segments beyond a datagram,        1, 1, 65500, 20, 16",
        "whole: start beyond,               1, 0, 0,     3000, 16",
        "whole: start at the end,           1, 0, 0,     2039, 0",
        "whole: field beyond,               1, 0, 0,     20, 65535",
        "whole: field at the end,           1, 0, 0,     20, 2019",
        "whole: start within the IP header, 1, 0, 0,     19, 16",
        "whole: both at the limit,          1, 0, 0,     65535, 65535",
    })
    void refusesHeadersThatDoNotFitThePacket(String name, int flags, int gsoType, int gsoSize, int start, int offset) {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.TCP, new byte[0]);
        byte[] packet = Reference.finish(Bytes.join(header, Packets.tcp(7, 0x10, new byte[0], new byte[2000])));
        assertThat(cut(Bytes.join(Packets.vnet(flags, gsoType, 40, gsoSize, start, offset), packet)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0x00", "0x40", "0xf0"})
    void refusesTcpHeadersOfAnImpossibleLength(int dataOffset) {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", Packets.TCP, new byte[0]);
        byte[] packet = Reference.finish(Bytes.join(header, Packets.tcp(7, 0x10, new byte[0], new byte[30])));
        packet[32] = (byte) dataOffset;
        assertThat(cut(Bytes.join(Packets.vnet(1, 1, 40, 10, 20, 16), packet))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 17, 16", "5, 6, 6"})
    void refusesATypeThatIsNotThePacketsProtocol(int gsoType, int protocol, int checksumOffset) {
        byte[] header = Packets.ipv4Header("10.0.34.7", "10.0.35.9", protocol, new byte[0]);
        byte[] packet = Reference.finishIp(Bytes.join(header, Packets.tcp(7, 0x10, new byte[0], new byte[300])));
        assertThat(cut(Bytes.join(Packets.vnet(1, gsoType, 40, 100, 20, checksumOffset), packet)))
                .isEmpty();
    }

    @Test
    void neverThrowsWhateverTheHeadersSay() {
        Randomly.times(20_000, random -> {
            byte[] big = random.nextInt(4) == 0 ? SuperPackets.any(random) : smallSuperPacket(random);
            byte[] message = Packets.superPacket(big, SuperPackets.gsoSize(random, big));
            for (int change = random.nextInt(6); change >= 0; change--) {
                message[random.nextInt(Math.min(message.length, 90))] = (byte) random.nextInt(256);
            }
            message[10] = (byte) (message[10] & 0xf | (Reference.isIpv6(big) ? 0x60 : 0x40));
            // What the verdict on the shape lets through.
            boolean ipv4Header =
                    Reference.isIpv6(big) || (message[10] & 15) >= 5 && (message[10] & 15) * 4 <= big.length;
            if (ipv4Header && big.length <= SegmentBatch.MAX_BYTES) {
                cut(message);
            }
        });
    }

    private static byte[] smallSuperPacket(Random random) {
        boolean tcp = random.nextBoolean();
        byte[] ip = Packets.ipv4Header("10.0.34.7", "10.0.35.9", tcp ? Packets.TCP : Packets.UDP, new byte[0]);
        byte[] payload = Randomly.bytes(random, 1 + random.nextInt(200));
        byte[] transport = tcp ? Packets.tcp(9, 0x18, new byte[4], payload) : Packets.udp(1, 2, payload);
        return Reference.finish(Bytes.join(ip, transport));
    }
}
