package io.rudder.daemon.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRequestTest {
    private static final CommandRequest REQUEST =
            new CommandRequest(List.of("which", "10.5.0.1", "ü \" \\ \n"), true, 80, 24, "{\"Network\":1}\n");

    @Test
    void readsWhatItWroteOnOneLine() {
        assertThat(REQUEST.toJson()).doesNotContain("\n");
        assertThat(CommandRequest.parse(REQUEST.toJson())).isEqualTo(REQUEST);
    }

    @Test
    void ignoresMembersOfLaterVersions() {
        String later = "{\"schema\":1,\"new\":{\"x\":[1]},\"arguments\":[\"peers\"]}";

        assertThat(CommandRequest.parse(later)).isEqualTo(new CommandRequest(List.of("peers"), false, 0, 0, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "status",
                "[]",
                "{",
                "{\"schema\":1}",
                "{\"schema\":1,\"arguments\":[]}",
                "{\"schema\":1,\"arguments\":\"status\"}",
                "{\"schema\":2,\"arguments\":[\"status\"]}",
                "{\"schema\":1,\"arguments\":[\"status\"],\"columns\":\"wide\"}",
                "{\"schema\":1,\"arguments\":[{}]}",
                "{\"schema\":1,\"arguments\":[\"status\"]}}"
            })
    void refusesWhatIsNoRequest(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> CommandRequest.parse(line));
    }

    @Test
    void whateverComesIsARequestOrIsRefused() {
        long seed = 20261128;
        Random random = new Random(seed);
        String valid = REQUEST.toJson();
        for (int round = 0; round < 20_000; round++) {
            StringBuilder line = new StringBuilder(valid);
            for (int change = random.nextInt(4); change >= 0; change--) {
                change(line, random);
            }
            try {
                CommandRequest.parse(line.toString());
            } catch (IllegalArgumentException e) {
                // Refused.
            } catch (RuntimeException | Error e) {
                fail("seed " + seed + ", line " + line, e);
            }
        }
    }

    private static void change(StringBuilder line, Random random) {
        int at = random.nextInt(line.length());
        switch (random.nextInt(3)) {
            case 0 -> line.setCharAt(at, (char) random.nextInt(0x250));
            case 1 -> line.insert(at, "{}[]:,\"\\0e-".charAt(random.nextInt(11)));
            default -> line.delete(at, Math.min(line.length(), at + 1 + random.nextInt(5)));
        }
        if (line.isEmpty()) {
            line.append('{');
        }
    }
}
