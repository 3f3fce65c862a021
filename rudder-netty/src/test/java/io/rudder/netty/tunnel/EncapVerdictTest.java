package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rudder.net.Ipv4;
import io.rudder.netty.testing.Bytes;
import io.rudder.netty.testing.Packets;
import io.rudder.netty.testing.Peers;
import io.rudder.netty.testing.Randomly;
import io.rudder.netty.testing.Reference;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncapVerdictTest {

    private static EncapVerdict judge(byte[] packet, RouteTable routes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(packet);
        EncapVerdict shape = EncapVerdict.ofShape(buffer, 0, packet.length);
        if (shape != EncapVerdict.FORWARD) {
            return shape;
        }
        Peer peer = routes.lookup(Bytes.i32(packet, 16));
        return EncapVerdict.ofRoute(buffer, 0, routes, peer);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // version, IHL, TOS, total length | id, fragment | TTL, protocol, checksum | source | destination
        "to a peer,              45000014 00004000 40110000 0a002207 0a002309, FORWARD",
        "first address to first, 45000014 00004000 40110000 0a002200 0a002300, FORWARD",
        "last address to last,   45000014 00004000 40110000 0a0022ff 0a0024ff, FORWARD",
        "time to live 2,         45000014 00004000 02110000 0a002207 0a002309, FORWARD",
        "time to live 255,       45000014 00004000 ff110000 0a002207 0a002309, FORWARD",
        "a later fragment,       45000014 00001fff 40110000 0a002207 0a002309, FORWARD",
        "options,                46000018 00004000 40110000 0a002207 0a002309 01010101, FORWARD",
        "time to live 1,         45000014 00004000 01110000 0a002207 0a002309, TTL_EXPIRED",
        "time to live 0,         45000014 00004000 00110000 0a002207 0a002309, TTL_EXPIRED",
        "no lease,               45000014 00004000 40110000 0a002207 0a006309, NO_ROUTE",
        "beside the lease,       45000014 00004000 40110000 0a002207 0a002500, NO_ROUTE",
        "to the own subnet,      45000014 00004000 40110000 0a002207 0a002208, NO_ROUTE",
        "to multicast,           45000014 00004000 40110000 0a002207 e0000001, NO_ROUTE",
        "to broadcast,           45000014 00004000 40110000 0a002207 ffffffff, NO_ROUTE",
        "no lease nor time,      45000014 00004000 01110000 0a002207 0a006309, NO_ROUTE",
        "source before own,      45000014 00004000 40110000 0a0021ff 0a002309, FOREIGN_SOURCE",
        "source behind own,      45000014 00004000 40110000 0a002300 0a002309, FOREIGN_SOURCE",
        "source unspecified,     45000014 00004000 40110000 00000000 0a002309, FOREIGN_SOURCE",
        "foreign and no lease,   45000014 00004000 40110000 c6336401 0a006309, FOREIGN_SOURCE",
        "IPv6,                   60000000 00003aff 00000000 00000000 00000000, IPV6",
        "total length too small, 45000013 00004000 40110000 0a002207 0a002309, MALFORMED",
        "total length too large, 45000015 00004000 40110000 0a002207 0a002309, MALFORMED",
        "header too short,       44000014 00004000 40110000 0a002207 0a002309, MALFORMED",
        "header too long,        46000014 00004000 40110000 0a002207 0a002309, MALFORMED",
        "version 0,              05000014 00004000 40110000 0a002207 0a002309, MALFORMED",
        "version 5,              55000014 00004000 40110000 0a002207 0a002309, MALFORMED",
        "19 bytes,               45000013 00004000 40110000 0a002207 0a0023,   MALFORMED",
    })
    void judgesEveryKindOfPacket(String name, String hex, EncapVerdict verdict) {
        byte[] packet = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(judge(packet, Peers.ROUTES)).isEqualTo(verdict);
    }

    @Test
    void carriesNothingWithoutAnOwnSubnet() {
        byte[] packet = Packets.ipv4("10.0.34.7", "10.0.35.9", Packets.UDP, new byte[8]);
        assertThat(judge(packet, RouteTable.EMPTY)).isEqualTo(EncapVerdict.FOREIGN_SOURCE);
    }

    @Test
    void everyVerdictCountsSomethingOfItsOwn() {
        assertThat(Arrays.stream(EncapVerdict.values()).map(EncapVerdict::counter))
                .doesNotHaveDuplicates()
                .allMatch(counter -> counter == Counter.ENCAP_PACKETS || counter.isDrop());
    }

    @Test
    void forwardsOnlyWhatEveryPeerWouldTake() {
        Randomly.times(20_000, random -> {
            byte[] packet = Randomly.bytes(random, random.nextInt(80));
            if (packet.length > 20 && random.nextInt(4) > 0) {
                packet =
                        Reference.finishIp(Bytes.join(new byte[] {0x45}, Arrays.copyOfRange(packet, 1, packet.length)));
                Bytes.put32(packet, 12, Ipv4.parse("10.0.34.0") + random.nextInt(300));
                Bytes.put32(packet, 16, Ipv4.parse("10.0.35.0") + random.nextInt(300));
            }
            if (judge(packet, Peers.ROUTES) == EncapVerdict.FORWARD) {
                RouteTable theirs = RouteTable.of(
                        Peers.ROUTES.lookup(Bytes.i32(packet, 16)).subnet(),
                        List.of(Peers.peer("10.0.34.0/24", "198.51.100.1")));
                DecapVerdict verdict = DecapVerdict.of(
                        Unpooled.wrappedBuffer(packet), 0, packet.length, Ipv4.parse("198.51.100.1"), theirs);
                assertThat(verdict).isEqualTo(DecapVerdict.DELIVER);
            }
        });
    }
}
