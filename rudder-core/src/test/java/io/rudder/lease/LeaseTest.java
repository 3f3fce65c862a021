package io.rudder.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTest {
    private static final String FLANNEL = "{\"PublicIP\":\"192.0.2.9\",\"PublicIPv6\":null}";
    private static final String NODE_A = "{\"PublicIP\":\"192.0.2.9\",\"BackendData\":{\"NodeID\":\"a\"}}";
    private static final int ADDRESS = Ipv4.parse("192.0.2.9");
    private static final int OTHER_ADDRESS = Ipv4.parse("192.0.2.10");

    private static RegistryEntry entry(String path, String value) {
        return new RegistryEntry(path, value, 77, 5, 6);
    }

    private static Lease lease(String value) {
        return Lease.of(entry("subnets/10.0.34.0-24", value));
    }

    @Test
    void takesEverythingFromTheEntry() {
        assertThat(lease(FLANNEL))
                .isEqualTo(new Lease(Ipv4Prefix.parse("10.0.34.0/24"), LeaseAttributes.parse(FLANNEL), 77, 5, 6));
    }

    @ParameterizedTest
    @CsvSource({
        "config,                 not below subnets/",
        "subnets,                not below subnets/",
        "subnetsx/10.0.34.0-24,  not below subnets/",
        "subnets/,               key is not of the form a.b.c.d-len",
        "subnets/10.0.34.0-33,   key is not of the form a.b.c.d-len",
        "subnets/x/10.0.34.0-24, key is not of the form a.b.c.d-len"
    })
    void refusesOtherKeys(String path, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lease.of(entry(path, FLANNEL)))
                .withMessage(reason);
    }

    @Test
    void refusesOtherValues() {
        assertThatIllegalArgumentException().isThrownBy(() -> lease("")).withMessage("not a JSON object");
    }

    @Test
    void aKeyWithoutAnEtcdLeaseIsAReservation() {
        assertThat(lease(FLANNEL).isReservation()).isFalse();
        assertThat(Lease.of(new RegistryEntry("subnets/10.0.34.0-24", FLANNEL, 0, 5, 6))
                        .isReservation())
                .isTrue();
    }

    @Test
    void theNodeIdDecidesWhoOwnsALease() {
        assertThat(lease(NODE_A).isOwnedBy("a", OTHER_ADDRESS)).isTrue();
        assertThat(lease(NODE_A).isOwnedBy("b", ADDRESS)).isFalse();
    }

    @Test
    void theAddressDecidesWhereNoNodeIsNamed() {
        assertThat(lease(FLANNEL).isOwnedBy("a", ADDRESS)).isTrue();
        assertThat(lease(FLANNEL).isOwnedBy("a", OTHER_ADDRESS)).isFalse();
    }

    @Test
    void randomEntriesAreReadOrRefused() {
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < 10_000; round++) {
            String path = mutated(random, "subnets/10.0.34.0-24");
            String value = mutated(random, NODE_A);
            try {
                Lease lease = Lease.of(entry(path, value));
                assertThat(RegistryEntry.subnetPath(lease.subnet()))
                        .as("seed %d", seed)
                        .isEqualTo(path);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage())
                        .as("seed %d, %s = %s", seed, path, value)
                        .matches("[ -~]{1,200}");
            } catch (RuntimeException | Error e) {
                fail("seed " + seed + ": " + path + " = " + value, e);
            }
        }
    }

    private static String mutated(Random random, String text) {
        StringBuilder mutated = new StringBuilder(text);
        for (int edits = random.nextInt(3); edits > 0; edits--) {
            int any = random.nextInt(4) == 0 ? random.nextInt(65536) : random.nextInt(128);
            mutated.setCharAt(random.nextInt(text.length()), (char) any);
        }
        return mutated.toString();
    }
}
