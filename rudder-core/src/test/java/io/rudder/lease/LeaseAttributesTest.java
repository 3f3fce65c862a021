package io.rudder.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import io.rudder.net.Ipv4;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseAttributesTest {
    private static final int ADDRESS = Ipv4.parse("192.0.2.9");
    private static final String NODE = "5f0c7d5e-91c5-4b63-b5a8-2d1a6b9c0f11";
    private static final LeaseAttributes FLANNEL = new LeaseAttributes(ADDRESS, Optional.empty(), Optional.empty());

    @Test
    void aFlannelHostsValueIsWrittenByteForByte() {
        assertThat(FLANNEL.toJson()).isEqualTo("{\"PublicIP\":\"192.0.2.9\",\"PublicIPv6\":null}");
    }

    @Test
    void theOwnValueCarriesTheNodeIdInBackendData() {
        assertThat(LeaseAttributes.own(ADDRESS, NODE).toJson())
                .isEqualTo("{\"PublicIP\":\"192.0.2.9\",\"PublicIPv6\":null,"
                        + "\"BackendData\":{\"NodeID\":\"5f0c7d5e-91c5-4b63-b5a8-2d1a6b9c0f11\",\"Version\":1}}");
    }

    @Test
    void readsBackWhatItWrites() {
        LeaseAttributes typed = new LeaseAttributes(-1, Optional.of("a \"quoted\" \u00fc"), Optional.of("vxlan"));
        for (LeaseAttributes attributes : new LeaseAttributes[] {FLANNEL, LeaseAttributes.own(0, NODE), typed}) {
            assertThat(LeaseAttributes.parse(attributes.toJson())).isEqualTo(attributes);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"PublicIP\":\"192.0.2.9\",\"PublicIPv6\":null}",
                "{\"PublicIP\":\"192.0.2.9\"}",
                " {\n\"publicip\" : \"192.0.2.9\" }\n",
                "{\"PUBLICIP\":\"192.0.2.9\",\"backenddata\":null,\"BackendType\":null}",
                "{\"PublicIP\":\"192.0.2.9\",\"Zone\":{\"a\":[1,2,{}]},\"n\":1e999}",
                "{\"PublicIP\":\"192.0.2.9\",\"BackendData\":{}}",
                "{\"PublicIP\":\"192.0.2.9\",\"BackendData\":{\"NodeID\":\"\"}}",
                "{\"PublicIP\":\"192.0.2.9\",\"BackendData\":{\"NodeID\":7}}",
                "{\"PublicIP\":\"192.0.2.9\",\"BackendData\":[\"NodeID\"]}",
                "{\"PublicIP\":\"192.0.2.8\",\"publicIP\":\"192.0.2.9\"}",
                "{\"PublicIP\":\"192.0.2.8\",\"PublicIP\":\"192.0.2.9\"}"
            })
    void readsWhatFlannelAndPeopleWrite(String json) {
        assertThat(LeaseAttributes.parse(json)).isEqualTo(FLANNEL);
    }

    @Test
    void readsTheBackendOfAFlannelHostOfAnotherKind() {
        LeaseAttributes vxlan = LeaseAttributes.parse("{\"PublicIP\":\"192.0.2.9\",\"PublicIPv6\":null,"
                + "\"BackendType\":\"vxlan\",\"BackendData\":{\"VNI\":1,\"VtepMAC\":\"0e:5d:24:ba:1f:43\"}}");

        assertThat(vxlan).isEqualTo(new LeaseAttributes(ADDRESS, Optional.empty(), Optional.of("vxlan")));
    }

    @Test
    void readsTheNodeIdWithoutRegardToCase() {
        assertThat(LeaseAttributes.parse("{\"publicip\":\"192.0.2.9\",\"BACKENDDATA\":{\"nodeid\":\"n1\",\"v\":9}}"))
                .isEqualTo(LeaseAttributes.own(ADDRESS, "n1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ``                          | not a JSON object
                    null                        | not a JSON object
                    []                          | not a JSON object
                    "192.0.2.9"                 | not a JSON object
                    {}                          | no PublicIP
                    {"PublicIP":null}           | no PublicIP
                    {"PublicIP":3221225993}     | no PublicIP
                    {"PublicIP":""}             | no PublicIP
                    {"PublicIP":"192.0.2"}      | '192.0.2' is not an IPv4 address (expected a.b.c.d)
                    {"PublicIP":"localhost"}    | 'localhost' is not an IPv4 address (expected a.b.c.d)
                    {"PublicIP":"192.0.2.9"     | not JSON
                    {"PublicIP":"192.0.2.9"}x   | not JSON
                    {PublicIP:"192.0.2.9"}      | not JSON
                    {'PublicIP':'192.0.2.9'}    | not JSON
                    """)
    void refusesWhatIsNoLease(String json, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaseAttributes.parse(json))
                .withMessage(reason);
    }

    @Test
    void refusesLongValuesUnread() {
        String value = "{\"PublicIP\":\"192.0.2.9\"}";
        String padded = value + " ".repeat(LeaseAttributes.MAX_LENGTH - value.length());

        assertThat(LeaseAttributes.parse(padded)).isEqualTo(FLANNEL);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeaseAttributes.parse(padded + " "))
                .withMessage("longer than 4096 characters");
    }

    @Test
    void deepNestingIsRefused() {
        for (String opening : new String[] {"[", "{\"a\":", "{\"BackendData\":"}) {
            String json = opening.repeat(LeaseAttributes.MAX_LENGTH / opening.length());
            assertThatIllegalArgumentException().isThrownBy(() -> LeaseAttributes.parse(json));
        }
    }

    @Test
    void randomValuesAreReadOrRefusedInOneLine() {
        long seed = 1;
        Random random = new Random(seed);
        String valid = LeaseAttributes.own(ADDRESS, NODE).toJson();
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = valid.getBytes(StandardCharsets.UTF_8);
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            String json = new String(bytes, 0, length, StandardCharsets.UTF_8);
            try {
                LeaseAttributes attributes = LeaseAttributes.parse(json);
                assertThat(LeaseAttributes.parse(attributes.toJson())).isEqualTo(attributes);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as("seed %d: %s", seed, json).matches("[ -~]{1,200}");
            } catch (RuntimeException | Error e) {
                fail("seed " + seed + ": " + json, e);
            }
        }
    }
}
