package io.rudder.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv4PrefixTest {
    private static final int ROUNDS = 5_000;

    private static IPAddress oracle(Ipv4Prefix prefix) {
        return new IPAddressString(Ipv4.format(prefix.address()) + "/" + prefix.length())
                .getAddress()
                .toPrefixBlock();
    }

    private static int value(IPAddress address) {
        return address.toIPv4().intValue();
    }

    /** Mostly close to each other, so that containment and overlap happen. */
    private static Ipv4Prefix random(Random random) {
        int address = random.nextInt(4) == 0 ? random.nextInt() : 0x0a000000 | random.nextInt(1 << random.nextInt(17));
        return Ipv4Prefix.containing(address, random.nextInt(33));
    }

    @Test
    void agreesWithTheOracleOnOnePrefix() {
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Ipv4Prefix prefix = random(random);
            IPAddress oracle = oracle(prefix);

            assertThat(prefix.first()).as("seed %d, %s", seed, prefix).isEqualTo(value(oracle.getLower()));
            assertThat(prefix.last()).as("seed %d, %s", seed, prefix).isEqualTo(value(oracle.getUpper()));
            assertThat(Ipv4Prefix.mask(prefix.length()))
                    .as("seed %d, %s", seed, prefix)
                    .isEqualTo(value(oracle.getNetworkMask()));
            assertThat(Ipv4Prefix.parse(prefix.toString())).as("seed %d", seed).isEqualTo(prefix);
        }
    }

    @Test
    void agreesWithTheOracleOnTwoPrefixes() {
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Ipv4Prefix one = random(random);
            Ipv4Prefix other = random(random);
            IPAddress oracleOne = oracle(one);
            IPAddress oracleOther = oracle(other);
            String message = "seed " + seed + ", " + one + " and " + other;

            assertThat(one.contains(other)).as(message).isEqualTo(oracleOne.contains(oracleOther));
            assertThat(one.contains(other.last())).as(message).isEqualTo(oracleOne.contains(oracleOther.getUpper()));
            assertThat(one.overlaps(other)).as(message).isEqualTo(oracleOne.intersect(oracleOther) != null);
            assertThat(one.overlaps(other)).as(message).isEqualTo(other.overlaps(one));
            assertThat(one.compareTo(other) == 0).as(message).isEqualTo(one.equals(other));
            assertThat(Integer.signum(one.compareTo(other)))
                    .as(message)
                    .isEqualTo(-Integer.signum(other.compareTo(one)));
        }
    }

    @Test
    void theWholeAddressSpaceIsOnePrefix() {
        Ipv4Prefix all = new Ipv4Prefix(0, 0);

        assertThat(all.first()).isZero();
        assertThat(all.last()).isEqualTo(0xffffffff);
        assertThat(Ipv4Prefix.mask(0)).isZero();
        assertThat(all.firstUsable()).isEqualTo(1);
        assertThat(all.contains(0xffffffff)).isTrue();
        assertThat(Ipv4Prefix.containing(0xdeadbeef, 0)).isEqualTo(all);
        assertThat(all).hasToString("0.0.0.0/0");
    }

    @Test
    void oneAddressIsAPrefixToo() {
        Ipv4Prefix one = new Ipv4Prefix(0xffffffff, 32);

        assertThat(one.first()).isEqualTo(one.last()).isEqualTo(one.firstUsable());
        assertThat(Ipv4Prefix.mask(32)).isEqualTo(-1);
        assertThat(one.contains(0xffffffff)).isTrue();
        assertThat(one.contains(0xfffffffe)).isFalse();
    }

    @Test
    void theFirstUsableAddressFollowsTheNetworkAddressWhereThereIsOne() {
        assertThat(Ipv4.format(Ipv4Prefix.parse("10.0.34.0/24").firstUsable())).isEqualTo("10.0.34.1");
        assertThat(Ipv4.format(Ipv4Prefix.parse("10.0.34.4/30").firstUsable())).isEqualTo("10.0.34.5");
        assertThat(Ipv4.format(Ipv4Prefix.parse("10.0.34.4/31").firstUsable())).isEqualTo("10.0.34.4");
    }

    @Test
    void ordersByUnsignedAddressAndTheLargerBlockFirst() {
        TreeSet<Ipv4Prefix> sorted = new TreeSet<>();
        for (String text : new String[] {"200.0.0.0/8", "10.0.0.0/16", "10.0.0.0/8", "127.0.0.0/8", "128.0.0.0/8"}) {
            sorted.add(Ipv4Prefix.parse(text));
        }

        assertThat(sorted)
                .extracting(Ipv4Prefix::toString)
                .containsExactly("10.0.0.0/8", "10.0.0.0/16", "127.0.0.0/8", "128.0.0.0/8", "200.0.0.0/8");
    }

    @Test
    void parsingDropsHostBits() {
        assertThat(Ipv4Prefix.parse("10.1.2.3/16")).hasToString("10.1.0.0/16");
        assertThat(Ipv4Prefix.parse("255.255.255.255/0")).hasToString("0.0.0.0/0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.0",
                "10.0.0.0/",
                "/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.0/+8",
                "10.0.0.0/8/8",
                "10.0.0/8",
                "10.0.0.0/8 ",
                "10.0.0.0/\u0668",
                "10.0.0.0/99999999999",
                "fd00::/8"
            })
    void refusesAnythingButAnAddressAndALength(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ipv4Prefix.parse(text))
                .withMessageMatching("[ -~]+");
    }

    @Test
    void refusesLengthsAndHostBitsThatNoPrefixHas() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Ipv4Prefix(0, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Ipv4Prefix(0, 33));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Ipv4Prefix(Ipv4.parse("10.0.34.9"), 24))
                .withMessage("10.0.34.9/24 has host bits set (the block that holds it is 10.0.34.0/24)");
    }
}
