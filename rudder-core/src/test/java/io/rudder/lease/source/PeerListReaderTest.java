package io.rudder.lease.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.config.NetworkConfig;
import io.rudder.config.NetworkConfigReader;
import io.rudder.lease.source.PeerList.Host;
import io.rudder.net.Ipv4Prefix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerListReaderTest {
    @Test
    void readsNetworkPortAndHosts() {
        PeerList list = PeerListReader.read("""
                # two machines
                network 10.5.0.0/16
                port 9000   # not the usual one

                10.5.34.0/24    198.51.100.7
                \t10.5.71.0/24\t198.51.100.8  # the other
                """);
        assertThat(list.network()).isEqualTo(Ipv4Prefix.parse("10.5.0.0/16"));
        assertThat(list.port()).isEqualTo(9000);
        assertThat(list.hosts())
                .containsExactly(Host.of("10.5.34.0/24", "198.51.100.7"), Host.of("10.5.71.0/24", "198.51.100.8"));
    }

    @Test
    void theUsualPortMayBeLeftOut() {
        PeerList list = PeerListReader.read("network 10.5.0.0/16\n10.5.34.0/24 198.51.100.7\n");
        assertThat(list).isEqualTo(PeerList.of("10.5.0.0/16", Host.of("10.5.34.0/24", "198.51.100.7")));
        assertThat(list.port()).isEqualTo(8285);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                10.5.34.0/24 198.51.100.7 | line 1: '10.5.34.0/24 198.51.100.7' comes before the network (expected: network 10.5.0.0/16)
                network 10.5.0.0 | line 1: '10.5.0.0' is not an IPv4 prefix (expected a.b.c.d/0 to a.b.c.d/32)
                network 10.5.0.0/31 | line 1: network 10.5.0.0/31 is smaller than a /30
                network 10.5.0.0/16;network 10.6.0.0/16 | line 2: a second network: 10.6.0.0/16
                network 10.5.0.0/16;port 0 | line 2: '0' is not a UDP port (expected 1 to 65535)
                network 10.5.0.0/16;port 65536 | line 2: '65536' is not a UDP port (expected 1 to 65535)
                network 10.5.0.0/16;10.5.34.0/24 | line 2: '10.5.34.0/24' is not a subnet and a host's address (expected: 10.5.34.0/24 198.51.100.7)
                network 10.5.0.0/16;198.51.100.7 10.5.34.0/24 | line 2: '198.51.100.7 10.5.34.0/24' is not a subnet and a host's address (expected: 10.5.34.0/24 198.51.100.7)
                network 10.5.0.0/16;10.5.34.0/24 host-b | line 2: 'host-b' is not an IPv4 address (expected a.b.c.d)
                network 10.5.0.0/16;;10.6.34.0/24 198.51.100.7 | line 3: subnet 10.6.34.0/24 is not inside network 10.5.0.0/16
                network 10.5.0.0/16;10.5.34.4/31 198.51.100.7 | line 2: subnet 10.5.34.4/31 is smaller than a /30
                network 10.5.0.0/16;10.5.34.0/24 198.51.100.7;10.5.34.128/25 198.51.100.8 | line 3: subnet 10.5.34.128/25 overlaps 10.5.34.0/24
                network 10.5.0.0/16;10.5.34.0/24 198.51.100.7;10.5.35.0/24 198.51.100.7 | line 3: host 198.51.100.7 is there twice
                network 10.5.0.0/16;10.5.34.0/24 10.5.0.1 | line 2: 10.5.0.1 is inside network 10.5.0.0/16
                network 10.5.0.0/16;10.5.34.0/24 224.0.0.1 | line 2: 224.0.0.1 is not the address of a host
                # nothing | no network: the first line must be like 'network 10.5.0.0/16'
                """)
    void saysWhichLineIsWrongAndWhatWouldDo(String lines, String message) {
        assertThatThrownBy(() -> PeerListReader.read(lines.replace(';', '\n')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void findsEveryOverlap() {
        for (String second : List.of("10.5.34.0/24", "10.5.34.0/25", "10.5.34.252/30", "10.5.32.0/22", "10.5.0.0/16")) {
            assertThatThrownBy(() -> PeerList.of(
                            "10.5.0.0/16",
                            Host.of("10.5.33.0/25", "198.51.100.6"),
                            Host.of("10.5.34.0/24", "198.51.100.7"),
                            Host.of("10.5.128.0/20", "198.51.100.9"),
                            Host.of(second, "198.51.100.8")))
                    .hasMessageContaining("overlaps");
        }
    }

    @Test
    void isAConfigurationThatNodesTake() throws Exception {
        for (String network : List.of("10.5.0.0/16", "10.5.34.0/24", "10.5.34.0/30")) {
            PeerList list = PeerList.of(network, Host.of("10.5.34.0/30", "198.51.100.7"));
            NetworkConfig config = NetworkConfigReader.read(list.entries().get("config"), warning -> {
                throw new AssertionError(warning);
            });
            assertThat(config.network()).isEqualTo(list.network());
            assertThat(config.backend().port()).isEqualTo(8285);
        }
    }
}
