package io.rudder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rudder.net.Ipv4Prefix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkConfigReaderTest {
    private final List<String> warnings = new ArrayList<>();

    private NetworkConfig read(String json) throws InvalidConfigException {
        return NetworkConfigReader.read(json, warnings::add);
    }

    private void assertRefused(String json, String message) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> read(json))
                .withMessage(message);
    }

    @Test
    void readsEveryMember() throws InvalidConfigException {
        NetworkConfig config = read("""
                {
                  "Network": "10.0.0.0/8", "SubnetLen": 20, "SubnetMin": "10.10.0.0", "SubnetMax": "10.99.0.0",
                  "Backend": {"Type": "udp", "Port": 7890}
                }
                """);

        assertThat(config)
                .isEqualTo(new NetworkConfig(
                        Ipv4Prefix.parse("10.0.0.0/8"),
                        20,
                        Ipv4Prefix.parse("10.10.0.0/20"),
                        Ipv4Prefix.parse("10.99.0.0/20"),
                        new Backend(Backend.Type.UDP, 7890)));
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/16,      10.0.0.0/24,     10.0.255.0/24",
        "10.0.0.0/23,      10.0.0.0/24,     10.0.1.0/24",
        "10.0.0.0/24,      10.0.0.0/25,     10.0.0.128/25",
        "10.0.0.0/29,      10.0.0.0/30,     10.0.0.4/30",
        "0.0.0.0/0,        0.0.0.0/24,      255.255.255.0/24",
        "255.255.0.0/16,   255.255.0.0/24,  255.255.255.0/24"
    })
    void theNetworkAloneIsEnough(String network, String first, String last) throws InvalidConfigException {
        NetworkConfig config = read("{\"Network\":\"" + network + "\"}");

        assertThat(config.network()).isEqualTo(Ipv4Prefix.parse(network));
        assertThat(config.subnetMin()).isEqualTo(Ipv4Prefix.parse(first));
        assertThat(config.subnetMax()).isEqualTo(Ipv4Prefix.parse(last));
        assertThat(config.backend()).isEqualTo(new Backend(Backend.Type.UDP, 8285));
        assertThat(warnings).isEmpty();
    }

    @Test
    void dropsTheHostBitsOfTheNetwork() throws InvalidConfigException {
        assertThat(read("{\"Network\":\"10.1.2.3/16\"}").network()).hasToString("10.1.0.0/16");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/16, 16, 1",
        "0.0.0.0/0, 0, 1",
        "0.0.0.0/0, 30, 1073741824",
        "10.0.0.0/30, 30, 1",
        "10.0.0.16/28, 30, 4"
    })
    void acceptsSubnetsFromTheWholeNetworkDownToFourAddresses(String network, int length, int count)
            throws InvalidConfigException {
        NetworkConfig config = read("{\"Network\":\"" + network + "\",\"SubnetLen\":" + length + "}");

        assertThat(config.subnetLength()).isEqualTo(length);
        assertThat(config.subnetCount()).isEqualTo(count);
    }

    @Test
    void namesMatchWithoutRegardToCase() throws InvalidConfigException {
        NetworkConfig config = read("{\"NETWORK\":\"10.0.0.0/16\",\"subnetlen\":25,\"backend\":{\"TYPE\":\"Alloc\"}}");

        assertThat(config.subnetLength()).isEqualTo(25);
        assertThat(config.backend()).isEqualTo(new Backend(Backend.Type.ALLOC, 8285));
        assertThat(warnings).isEmpty();
    }

    @Test
    void nullCountsAsAbsent() throws InvalidConfigException {
        String nothing = "{\"Network\":\"10.0.0.0/16\",\"SubnetLen\":null,\"SubnetMin\":null,\"SubnetMax\":null,";

        assertThat(read(nothing + "\"Backend\":null}")).isEqualTo(read("{\"Network\":\"10.0.0.0/16\"}"));
        assertThat(read(nothing + "\"Backend\":{}}")).isEqualTo(read("{\"Network\":\"10.0.0.0/16\"}"));
        assertThat(read(nothing + "\"Backend\":{\"Type\":null,\"Port\":null}}"))
                .isEqualTo(read("{\"Network\":\"10.0.0.0/16\"}"));
    }

    @Test
    void warnsOfEachUnknownMemberAndIgnoresIt() throws InvalidConfigException {
        read("{\"Network\":\"10.0.0.0/16\",\"EnableIPv6\":false,\"x\\ny\":{\"a\":1,\"A\":2},\"Backend\":{\"VNI\":1}}");

        assertThat(warnings)
                .containsExactly(
                        "unknown member \"EnableIPv6\" is ignored",
                        "unknown member \"x?y\" is ignored",
                        "unknown member \"Backend.VNI\" is ignored");
    }

    @Test
    void aMisspeltNetworkIsMissingAndWarnedOf() {
        assertRefused(
                "{\"Netwrok\":\"10.0.0.0/16\"}",
                "Network is missing: it names the overlay's addresses, such as \"10.0.0.0/16\"");
        assertThat(warnings).containsExactly("unknown member \"Netwrok\" is ignored");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    10                | is not a string                     | "10.0.0.0/16"
                    {"a":1}           | is not a string                     | "10.0.0.0/16"
                    "10.0.0.0"        | is not an IPv4 prefix (a.b.c.d/len) | "10.0.0.0/16"
                    "10.7.8.9"        | is not an IPv4 prefix (a.b.c.d/len) | "10.7.0.0/16"
                    "10.7.8.9/33"     | is not an IPv4 prefix (a.b.c.d/len) | "10.7.8.8/30"
                    "10.7.8.9/-1"     | is not an IPv4 prefix (a.b.c.d/len) | "0.0.0.0/0"
                    "10.7.8.9/016"    | is not an IPv4 prefix (a.b.c.d/len) | "10.7.0.0/16"
                    "10.0.0/16"       | is not an IPv4 prefix (a.b.c.d/len) | "10.0.0.0/16"
                    "fd00::/48"       | is not an IPv4 prefix (a.b.c.d/len) | "10.0.0.0/16"
                    ""                | is not an IPv4 prefix (a.b.c.d/len) | "10.0.0.0/16"
                    "10.0.0.0/31"     | is too small to hold a subnet       | "10.0.0.0/30"
                    "192.168.9.7/32"  | is too small to hold a subnet       | "192.168.9.4/30"
                    """)
    void refusesNetworksThatCannotBe(String value, String problem, String nearest) {
        String shown = value.startsWith("{") ? "{...}" : value;
        assertRefused(
                "{\"Network\":" + value + "}",
                "Network " + shown + " " + problem + "; nearest that would do: " + nearest);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    15                | 16
                    0                 | 16
                    -1                | 16
                    31                | 30
                    1000000000        | 30
                    1e400             | 30
                    -1e99999999999    | 16
                    24.0              | 24
                    24.7              | 25
                    2.4e1             | 24
                    "25"              | 25
                    "twenty"          | 24
                    true              | 24
                    [24]              | 24
                    """)
    void refusesSubnetLengthsThatCannotBe(String value, String nearest) {
        assertRefused(
                "{\"Network\":\"10.0.0.0/16\",\"SubnetLen\":" + value + "}",
                "SubnetLen " + value + " is not a whole number between 16 and 30; nearest that would do: " + nearest);
    }

    @Test
    void refusesTheDefaultSubnetLengthWhereItIsTooLong() {
        assertRefused(
                "{\"Network\":\"10.0.0.0/30\"}",
                "SubnetLen 31 (the default for Network 10.0.0.0/30) is longer than 30; nearest that would do: 30");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "9.255.255.0"     | "10.0.0.0"
                    "10.1.0.0"        | "10.0.255.0"
                    "200.0.0.0"       | "10.0.255.0"
                    "10.0.16.1"       | "10.0.16.0"
                    "10.0.16.255"     | "10.0.16.0"
                    "10.0.16.0/24"    | "10.0.16.0"
                    "10.0.16"         | "DEFAULT"
                    ""                | "DEFAULT"
                    "010.0.16.0"      | "DEFAULT"
                    """)
    void refusesBoundsThatAreNoSubnetsOfTheNetwork(String value, String nearest) {
        String problem = " is not the first address of a /24 subnet of Network 10.0.0.0/16; nearest that would do: ";
        for (String member : new String[] {"SubnetMin", "SubnetMax"}) {
            String fallback = member.equals("SubnetMin") ? "10.0.0.0" : "10.0.255.0";
            assertRefused(
                    "{\"Network\":\"10.0.0.0/16\",\"" + member + "\":" + value + "}",
                    member + " " + value + problem + nearest.replace("DEFAULT", fallback));
        }
    }

    @Test
    void refusesBoundsOfOtherTypesAndInTheWrongOrder() {
        assertRefused(
                "{\"Network\":\"10.0.0.0/16\",\"SubnetMin\":16}",
                "SubnetMin 16 is not a string; nearest that would do: \"10.0.0.0\"");
        assertRefused(
                "{\"Network\":\"10.0.0.0/16\",\"SubnetMin\":\"10.0.32.0\",\"SubnetMax\":\"10.0.16.0\"}",
                "SubnetMax \"10.0.16.0\" is before SubnetMin \"10.0.32.0\"; nearest that would do: \"10.0.32.0\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "udp"             | Backend "udp" is not an object; nearest that would do: {"Type":"udp"}
                    [1]               | Backend [1] is not an object; nearest that would do: {"Type":"udp"}
                    {"Type":"vxlan"}  | Backend.Type "vxlan" is neither udp nor alloc; nearest that would do: "udp"
                    {"type":""}       | Backend.Type "" is neither udp nor alloc; nearest that would do: "udp"
                    {"Type":1}        | Backend.Type 1 is not a string; nearest that would do: "udp"
                    {"Port":0}        | Backend.Port 0 is not a whole number between 1 and 65535; nearest that would do: 1
                    {"Port":65536}    | Backend.Port 65536 is not a whole number between 1 and 65535; nearest that would do: 65535
                    {"Port":"8285"}   | Backend.Port "8285" is not a whole number between 1 and 65535; nearest that would do: 8285
                    {"Type":"udp","Type":"udp"} | Backend.Type is given more than once (names match without regard to case): keep one of them
                    """)
    void refusesBackendsThatCannotBe(String value, String message) {
        assertRefused("{\"Network\":\"10.0.0.0/16\",\"Backend\":" + value + "}", message);
    }

    @Test
    void refusesAMemberThatIsGivenTwice() {
        String message = "SubnetLen is given more than once (names match without regard to case): keep one of them";

        assertRefused("{\"Network\":\"10.0.0.0/16\",\"SubnetLen\":24,\"subnetLEN\":25}", message);
        assertRefused("{\"Network\":\"10.0.0.0/16\",\"SubnetLen\":24,\"SubnetLen\":24}", message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ``                             | 1, column 1: the text ends too early
                    {                              | 1, column 2: the text ends too early
                    {"Network":                    | 1, column 12: the text ends too early
                    {"Network":"10.0.0.0/16"       | 1, column 25: the text ends too early
                    {Network:"10.0.0.0/16"}        | 1, column 3
                    {"Network":'10.0.0.0/16'}      | 1, column 13
                    {"SubnetLen":024}              | 1, column 14
                    {"SubnetLen":NaN}              | 1, column 14
                    {"SubnetLen":TRUE}             | 1, column 14
                    {"SubnetLen":24} x             | 1, column 19
                    {"SubnetLen":24}{}             | 1, column 18
                    """)
    void saysWhereTheTextStopsBeingJson(String json, String where) {
        assertRefused(json, "malformed JSON at line " + where);
    }

    @Test
    void countsLines() {
        assertRefused("{\n  \"Network\": \"10.0.0.0/16\",\n}\n", "malformed JSON at line 3, column 2");
        assertRefused("{\n  \"Network\": \"10.0.\n0.0/16\"}", "malformed JSON at line 2, column 15");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "24", "\"10.0.0.0/16\"", "true"})
    void refusesAnythingButAnObject(String json) {
        assertRefused(json, json + " is not a JSON object; nearest that would do: {\"Network\":\"10.0.0.0/16\"}");
    }

    @Test
    void keepsMessagesShort() {
        String text = "7".repeat(1_000_000);

        assertRefused(
                "{\"Network\":\"" + text + "\"}",
                "Network \"" + "7".repeat(63) + "... is not an IPv4 prefix (a.b.c.d/len);"
                        + " nearest that would do: \"10.0.0.0/16\"");
        assertRefused(
                "{\"Network\":\"10.0.0.0/16\",\"SubnetLen\":" + text.substring(0, 500) + "}",
                "SubnetLen " + "7".repeat(64)
                        + "... is not a whole number between 16 and 30; nearest that would do: 30");
    }
}
