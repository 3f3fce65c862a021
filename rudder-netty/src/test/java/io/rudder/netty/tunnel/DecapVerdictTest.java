package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.net.Ipv4;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Randomly;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecapVerdictTest {

    private static DecapVerdict judge(String hex, String sender, RouteTable routes) {
        byte[] packet = HexFormat.of().parseHex(hex.replace(" ", ""));
        ByteBuf buffer = Unpooled.buffer().writeZero(5).writeBytes(packet).readerIndex(5);
        DecapVerdict verdict =
                DecapVerdict.of(buffer, buffer.readerIndex(), buffer.readableBytes(), Ipv4.parse(sender), routes);
        assertThat(buffer.readableBytes()).isEqualTo(packet.length);
        return verdict;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "from a peer,            198.51.100.2, 45000014 00004000 40110000 0a002309 0a002207, DELIVER",
        "from another peer,      198.51.100.3, 45000014 00004000 40110000 0a002400 0a0022ff, DELIVER",
        "time to live 0,         198.51.100.2, 45000014 00004000 00110000 0a002309 0a002207, DELIVER",
        "options,                198.51.100.2, 46000018 00004000 40110000 0a002309 0a002207 01010101, DELIVER",
        "a later fragment,       198.51.100.2, 45000014 00001fff 40110000 0a002309 0a002207, DELIVER",
        "other peer's source,    198.51.100.2, 45000014 00004000 40110000 0a002409 0a002207, WRONG_SOURCE",
        "the own source,         198.51.100.2, 45000014 00004000 40110000 0a002208 0a002207, WRONG_SOURCE",
        "no one's source,        198.51.100.2, 45000014 00004000 40110000 0a006309 0a002207, WRONG_SOURCE",
        "unspecified source,     198.51.100.2, 45000014 00004000 40110000 00000000 0a002207, WRONG_SOURCE",
        "multicast source,       198.51.100.2, 45000014 00004000 40110000 e0000001 0a002207, WRONG_SOURCE",
        "loopback source,        198.51.100.2, 45000014 00004000 40110000 7f000001 0a002207, WRONG_SOURCE",
        "to before own,          198.51.100.2, 45000014 00004000 40110000 0a002309 0a0021ff, WRONG_DESTINATION",
        "to behind own,          198.51.100.2, 45000014 00004000 40110000 0a002309 0a002300, WRONG_DESTINATION",
        "to a third host,        198.51.100.2, 45000014 00004000 40110000 0a002309 0a002409, WRONG_DESTINATION",
        "to multicast,           198.51.100.2, 45000014 00004000 40110000 0a002309 e0000001, WRONG_DESTINATION",
        "to broadcast,           198.51.100.2, 45000014 00004000 40110000 0a002309 ffffffff, WRONG_DESTINATION",
        "to loopback,            198.51.100.2, 45000014 00004000 40110000 0a002309 7f000001, WRONG_DESTINATION",
        "both wrong,             198.51.100.2, 45000014 00004000 40110000 0a002409 0a002409, WRONG_SOURCE",
        "IPv6,                   198.51.100.2, 60000000 00003aff 00000000 00000000 00000000, IPV6",
        "total length too small, 198.51.100.2, 45000013 00004000 40110000 0a002309 0a002207, MALFORMED",
        "total length too large, 198.51.100.2, 45000015 00004000 40110000 0a002309 0a002207, MALFORMED",
        "trailing bytes,         198.51.100.2, 45000014 00004000 40110000 0a002309 0a002207 00, MALFORMED",
        "header too short,       198.51.100.2, 44000014 00004000 40110000 0a002309 0a002207, MALFORMED",
        "header beyond,          198.51.100.2, 4f000014 00004000 40110000 0a002309 0a002207, MALFORMED",
        "version 0,              198.51.100.2, 05000014 00004000 40110000 0a002309 0a002207, MALFORMED",
        "19 bytes,               198.51.100.2, 45000013 00004000 40110000 0a002309 0a0022,   CONTROL",
        "1 byte,                 198.51.100.2, 45, CONTROL",
        "nothing,                198.51.100.2, '', CONTROL",
        "good from a stranger,   198.51.100.9, 45000014 00004000 40110000 0a002309 0a002207, UNKNOWN_PEER",
        "IPv6 from a stranger,   198.51.100.9, 60000000 00003aff 00000000 00000000 00000000, UNKNOWN_PEER",
        "short from a stranger,  198.51.100.9, 45, UNKNOWN_PEER",
        "junk from a stranger,   198.51.100.9, 05000014 00004000 40110000 0a002309 0a002207, UNKNOWN_PEER",
    })
    void judgesEveryKindOfDatagram(String name, String sender, String hex, DecapVerdict verdict) {
        assertThat(judge(hex, sender, Peers.ROUTES)).isEqualTo(verdict);
    }

    @Test
    void deliversNothingWithoutRoutes() {
        String good = "4500001400004000401100000a0023090a002207";
        assertThat(judge(good, "198.51.100.2", RouteTable.EMPTY)).isEqualTo(DecapVerdict.UNKNOWN_PEER);
        assertThat(judge(good, "198.51.100.2", RouteTable.of(Peers.OWN, List.of())))
                .isEqualTo(DecapVerdict.UNKNOWN_PEER);
    }

    @Test
    void twoPeersBehindOneAddressMayBothSend() {
        Peer neighbour = Peers.peer("10.0.40.0/24", "198.51.100.2");
        RouteTable routes = RouteTable.of(Peers.OWN, List.of(Peers.B, neighbour));
        assertThat(judge("4500001400004000401100000a0023090a002207", "198.51.100.2", routes))
                .isEqualTo(DecapVerdict.DELIVER);
        assertThat(judge("4500001400004000401100000a0028090a002207", "198.51.100.2", routes))
                .isEqualTo(DecapVerdict.DELIVER);
    }

    @Test
    void everyVerdictCountsSomethingOfItsOwn() {
        assertThat(Arrays.stream(DecapVerdict.values()).map(DecapVerdict::counter))
                .doesNotHaveDuplicates()
                .allMatch(counter -> counter == Counter.DECAP_PACKETS || counter.isDrop());
    }

    @Test
    void judgesRandomBytesWithoutThrowing() {
        Randomly.times(20_000, random -> {
            byte[] packet = Randomly.bytes(random, random.nextInt(80));
            if (packet.length > 4 && random.nextBoolean()) {
                packet[0] = (byte) (0x40 + random.nextInt(16));
                packet[2] = 0;
                packet[3] = (byte) packet.length;
            }
            int sender = random.nextBoolean() ? Peers.B.publicIp() : random.nextInt();
            assertThat(DecapVerdict.of(Unpooled.wrappedBuffer(packet), 0, packet.length, sender, Peers.ROUTES))
                    .isNotEqualTo(DecapVerdict.DELIVER);
        });
    }
}
