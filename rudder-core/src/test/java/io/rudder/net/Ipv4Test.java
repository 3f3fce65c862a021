package io.rudder.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import inet.ipaddr.IPAddressString;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv4Test {
    private static final int ROUNDS = 5_000;

    @Test
    void agreesWithTheOracleOnEveryForm() throws Exception {
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            int address = random.nextInt();
            var oracle = new inet.ipaddr.ipv4.IPv4Address(address);
            String text = Ipv4.format(address);
            Inet4Address inet = Ipv4.toInetAddress(address);

            assertThat(text).as("seed %d", seed).isEqualTo(oracle.toNormalizedString());
            assertThat(Ipv4.parse(text)).as("seed %d, %s", seed, text).isEqualTo(address);
            assertThat(inet).as("seed %d, %s", seed, text).isEqualTo(InetAddress.getByName(text));
            assertThat(Ipv4.of(inet)).as("seed %d, %s", seed, text).isEqualTo(address);
            assertThat(Ipv4.isMulticast(address)).as("seed %d, %s", seed, text).isEqualTo(oracle.isMulticast());
            assertThat(Ipv4.isLoopback(address)).as("seed %d, %s", seed, text).isEqualTo(oracle.isLoopback());
        }
    }

    @Test
    void knowsTheEdgesOfTheSpecialBlocks() {
        assertThat(Ipv4.isMulticast(Ipv4.parse("223.255.255.255"))).isFalse();
        assertThat(Ipv4.isMulticast(Ipv4.parse("224.0.0.0"))).isTrue();
        assertThat(Ipv4.isMulticast(Ipv4.parse("239.255.255.255"))).isTrue();
        assertThat(Ipv4.isMulticast(Ipv4.parse("240.0.0.0"))).isFalse();
        assertThat(Ipv4.isLoopback(Ipv4.parse("126.255.255.255"))).isFalse();
        assertThat(Ipv4.isLoopback(Ipv4.parse("127.255.255.255"))).isTrue();
        assertThat(Ipv4.isLoopback(Ipv4.parse("128.0.0.0"))).isFalse();
    }

    @Test
    void acceptsOfRandomTextOnlyWhatTheOracleAccepts() {
        long seed = 1;
        Random random = new Random(seed);
        String alphabet = "0123456789.. -+x/";
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder(Ipv4.format(random.nextInt() & 0x0f3f070f));
            int position = random.nextInt(text.length());
            text.setCharAt(position, alphabet.charAt(random.nextInt(alphabet.length())));
            parsesAsTheOracleOrNotAtAll(text.toString(), seed);
        }
    }

    private static void parsesAsTheOracleOrNotAtAll(String text, long seed) {
        try {
            int address = Ipv4.parse(text);
            assertThat(Ipv4.format(address)).as("seed %d", seed).isEqualTo(text);
            assertThat(new IPAddressString(text).getAddress().toIPv4().intValue())
                    .isEqualTo(address);
        } catch (IllegalArgumentException e) {
            assertThat(text)
                    .as("seed %d", seed)
                    .doesNotMatch("(([1-9]?|1\\d|2[0-4])\\d)(\\.([1-9]?|1\\d|2[0-4])\\d){3}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "...",
                "1",
                "1.2.3",
                "1.2.3.",
                ".1.2.3",
                "1.2.3.4.",
                "1.2.3.4.5",
                "1..3.4",
                "256.0.0.1",
                "1.2.3.999",
                "1.2.3.0004",
                "01.2.3.4",
                "1.2.3.04",
                "00.0.0.0",
                " 1.2.3.4",
                "1.2.3.4 ",
                "1.2.3.-4",
                "+1.2.3.4",
                "1.2.3.4/24",
                "0x1.2.3.4",
                "localhost",
                "::1",
                "\u0661.2.3.4",
                "1.2.3.4\n"
            })
    void refusesAnythingButDottedDecimal(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ipv4.parse(text))
                .withMessageContaining("is not an IPv4 address (expected a.b.c.d)")
                .withMessageMatching("[\\x20-\\x7e]+");
    }

    @Test
    void namesTheTextInOneShortLine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ipv4.parse("10.0\n.1\u001b[31m"))
                .withMessage("'10.0?.1?[31m' is not an IPv4 address (expected a.b.c.d)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ipv4.parse("9".repeat(1_000_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }
}
