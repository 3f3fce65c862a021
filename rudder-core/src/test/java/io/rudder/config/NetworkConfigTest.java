package io.rudder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rudder.net.Ipv4Prefix;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkConfigTest {

    private static NetworkConfig config(String network, String min, String max) {
        Ipv4Prefix first = Ipv4Prefix.parse(min);
        return new NetworkConfig(
                Ipv4Prefix.parse(network), first.length(), first, Ipv4Prefix.parse(max), Backend.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/16,     10.0.0.0/24,      10.0.255.0/24,      256",
        "10.0.0.0/16,     10.0.16.0/24,     10.0.16.0/24,       1",
        "0.0.0.0/0,       0.0.0.0/0,        0.0.0.0/0,          1",
        "0.0.0.0/0,       0.0.0.0/1,        128.0.0.0/1,        2",
        "0.0.0.0/0,       0.0.0.0/30,       255.255.255.252/30, 1073741824",
        "0.0.0.0/0,       64.0.0.0/8,       192.0.0.0/8,        129",
        "192.168.4.0/30,  192.168.4.0/30,   192.168.4.0/30,     1",
        "192.168.4.16/28, 192.168.4.16/30,  192.168.4.28/30,    4"
    })
    void countsAndNumbersItsSubnets(String network, String min, String max, int count) {
        NetworkConfig config = config(network, min, max);

        assertThat(config.subnetCount()).isEqualTo(count);
        assertThat(config.subnet(0)).isEqualTo(config.subnetMin());
        assertThat(config.subnet(count - 1)).isEqualTo(config.subnetMax());
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> config.subnet(count));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> config.subnet(-1));
    }

    @Test
    void allowsExactlyTheSubnetsThatItNumbers() {
        NetworkConfig config = config("10.0.0.0/16", "10.0.16.0/24", "10.0.239.0/24");

        for (int number = 0; number < config.subnetCount(); number++) {
            assertThat(config.allows(config.subnet(number))).isTrue();
        }
        assertThat(config.allows(Ipv4Prefix.parse("10.0.15.0/24"))).isFalse();
        assertThat(config.allows(Ipv4Prefix.parse("10.0.240.0/24"))).isFalse();
        assertThat(config.allows(Ipv4Prefix.parse("10.0.16.0/25"))).isFalse();
        assertThat(config.allows(Ipv4Prefix.parse("10.0.16.0/23"))).isFalse();
    }

    @Test
    void subnetsAscendAndFollowOneAnotherInAnyConfiguration() {
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            int subnetLength = random.nextInt(31);
            Ipv4Prefix network = Ipv4Prefix.containing(random.nextInt(), random.nextInt(subnetLength + 1));
            Ipv4Prefix min = Ipv4Prefix.containing(network.first(), subnetLength);
            Ipv4Prefix max = Ipv4Prefix.containing(network.last(), subnetLength);
            NetworkConfig config = new NetworkConfig(network, subnetLength, min, max, Backend.DEFAULT);
            int count = config.subnetCount();
            int number = random.nextInt(count);

            assertThat(count).as("seed %d, %s", seed, config).isEqualTo(1 << subnetLength - network.length());
            assertThat(config.allows(config.subnet(number)))
                    .as("seed %d, %s", seed, config)
                    .isTrue();
            if (number > 0) {
                assertThat(config.subnet(number - 1).last() + 1)
                        .as("seed %d, %s", seed, config)
                        .isEqualTo(config.subnet(number).first());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/16, 10.0.16.0/24, 10.0.15.0/24",
        "10.0.0.0/16, 10.0.16.0/24, 10.0.20.0/25",
        "10.0.0.0/16, 10.0.0.0/24,  10.1.0.0/24",
        "10.0.0.0/16, 9.0.0.0/24,   10.0.1.0/24",
        "10.0.0.0/16, 10.0.0.0/15,  10.0.0.0/15",
        "10.0.0.0/16, 10.0.0.0/31,  10.0.0.2/31"
    })
    void refusesPartsThatDoNotFitTogether(String network, String min, String max) {
        assertThatIllegalArgumentException().isThrownBy(() -> config(network, min, max));
    }

    @Test
    void refusesPortsThatUdpHasNot() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Backend(Backend.Type.UDP, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Backend(Backend.Type.UDP, 65536));
    }

    @Test
    void readsWellInALog() {
        assertThat(config("10.0.0.0/16", "10.0.16.0/24", "10.0.239.0/24"))
                .hasToString("10.0.0.0/16, subnets of /24 from 10.0.16.0 to 10.0.239.0, backend udp port 8285");
    }
}
