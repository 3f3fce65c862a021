package io.rudder.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.net.Ipv4Prefix;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseKeyTest {

    @Test
    void writesTheSubnetAsFlannelDoes() {
        assertThat(LeaseKey.of(Ipv4Prefix.parse("10.0.34.0/24"))).isEqualTo("10.0.34.0-24");
        assertThat(RegistryEntry.subnetPath(Ipv4Prefix.parse("10.0.34.0/24"))).isEqualTo("subnets/10.0.34.0-24");
    }

    @Test
    void readsBackWhatItWrites() {
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            Ipv4Prefix subnet = Ipv4Prefix.containing(random.nextInt(), random.nextInt(33));
            assertThat(LeaseKey.parse(LeaseKey.of(subnet))).as("seed %d", seed).contains(subnet);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "10.0.34.0",
                "10.0.34.0-",
                "-24",
                "10.0.34.0-33",
                "10.0.34.0-024",
                "10.0.34.0--24",
                "10.0.34.9-24",
                "10.0.034.0-24",
                "10.0.34-24",
                "10.0.34.0-24-24",
                "10.0.34.0/24",
                "10.0.34.0/24-24",
                "10.0.34.0-24 ",
                " 10.0.34.0-24",
                "x/10.0.34.0-24",
                "10.0.34.0-24/x",
                "10.0.34.256-32",
                "10.0.34.0-24&fd00::-64",
                "\u0661\u0660.0.34.0-24",
                "10.0.34.0-\u0662\u0664",
                "config"
            })
    void anythingElseIsNoSubnet(String element) {
        assertThat(LeaseKey.parse(element)).isEmpty();
    }

    @Test
    void oneSubnetHasOneKey() {
        long seed = 1;
        Random random = new Random(seed);
        String alphabet = "0123456789.-/& x";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder element = new StringBuilder("10.0.34.0-24");
            for (int edits = random.nextInt(3); edits >= 0; edits--) {
                int position = random.nextInt(element.length());
                String text = String.valueOf(alphabet.charAt(random.nextInt(alphabet.length())));
                element.replace(position, position + random.nextInt(2), text);
            }
            Optional<Ipv4Prefix> subnet = LeaseKey.parse(element.toString());
            subnet.ifPresent(prefix ->
                    assertThat(LeaseKey.of(prefix)).as("seed %d", seed).isEqualTo(element.toString()));
        }
        assertThat(LeaseKey.parse("1".repeat(1_000_000) + "-24")).isEmpty();
    }
}
