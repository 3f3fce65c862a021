package io.rudder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is in the key: a configuration, or one line for the operator, soon. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NetworkConfigReaderFuzzTest {
    private static final String VALID = "{\"Network\":\"10.0.0.0/16\",\"SubnetLen\":24,\"SubnetMin\":\"10.0.16.0\","
            + "\"SubnetMax\":\"10.0.239.0\",\"Backend\":{\"Type\":\"udp\",\"Port\":8285},\"Other\":[1,{\"a\":null}]}";
    private static final String[] FRAGMENTS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\u",
        "\\ud800",
        "null",
        "true",
        "-",
        "1e999999999",
        "0.5",
        "255",
        "/",
        "/0",
        "/32",
        "\"Network\"",
        "\"network\":",
        "\"SubnetLen\":0,",
        "\"Backend\":{",
        "\n",
        "\u0000",
        "\u2028",
        "\ud83d"
    };

    private static void readsOrRefusesInOneLine(String json, String context) {
        try {
            NetworkConfig config =
                    NetworkConfigReader.read(json, line -> assertThat(line).matches("[ -~]{1,300}"));
            assertThat(config.subnetCount()).as(context).isPositive();
            assertThat(config.network().contains(config.subnetMax()))
                    .as(context)
                    .isTrue();
        } catch (InvalidConfigException e) {
            assertThat(e.getMessage()).as(context).matches("[ -~]{1,300}");
        } catch (RuntimeException | Error e) {
            fail(context, e);
        }
    }

    @Test
    void randomBytes() {
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            String json = new String(bytes, StandardCharsets.UTF_8);
            readsOrRefusesInOneLine(json, "seed " + seed + ", round " + round);
            readsOrRefusesInOneLine("{\"Network\":\"" + json + "\"}", "seed " + seed + ", round " + round);
        }
    }

    @Test
    void mutatedConfigurations() {
        long seed = 1;
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder json = new StringBuilder(VALID);
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                int start = random.nextInt(json.length());
                int end = Math.min(json.length(), start + random.nextInt(4));
                String text = random.nextInt(3) == 0
                        ? String.valueOf((char) (random.nextInt(95) + 32))
                        : FRAGMENTS[random.nextInt(FRAGMENTS.length)];
                json.replace(start, end, text);
            }
            readsOrRefusesInOneLine(json.toString(), "seed " + seed + ", round " + round + ": " + json);
        }
    }

    @Test
    void everyBeginningOfAConfigurationIsRefused() {
        for (int length = 0; length < VALID.length(); length++) {
            String json = VALID.substring(0, length);
            try {
                fail("%s gave %s", json, NetworkConfigReader.read(json, line -> {}));
            } catch (InvalidConfigException e) {
                assertThat(e).hasMessageMatching("malformed JSON at line 1, column \\d+(: the text ends too early)?");
            }
        }
    }

    @Test
    void deepNestingAndHugeTexts() {
        readsOrRefusesInOneLine("[".repeat(1_000_000), "lists");
        readsOrRefusesInOneLine("{\"Backend\":".repeat(100_000), "backends");
        readsOrRefusesInOneLine(
                "{\"Network\":\"10.0.0.0/16\",\"x\":" + "[".repeat(254) + "]".repeat(254) + "}", "limit");
        readsOrRefusesInOneLine("{\"Network\":" + "[".repeat(250) + "]".repeat(250) + "}", "shown");
        readsOrRefusesInOneLine("{\"" + "n".repeat(1_000_000) + "\":{\"a\":{},\"b\":1}}", "a long name");
        readsOrRefusesInOneLine("{\"Network\":\"" + "/".repeat(1_000_000) + "\"}", "slashes");
        readsOrRefusesInOneLine("{\"SubnetLen\":1" + "0".repeat(1_000_000) + "}", "digits");
    }

    @Test
    void manyMembers() {
        StringBuilder json = new StringBuilder("{\"Network\":\"10.0.0.0/16\"");
        for (int i = 0; i < 100_000; i++) {
            json.append(",\"m").append(i % 50_000).append("\":{}");
        }
        readsOrRefusesInOneLine(json.append('}').toString(), "many members");
    }
}
