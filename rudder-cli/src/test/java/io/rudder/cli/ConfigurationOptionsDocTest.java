package io.rudder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.config.InvalidConfigException;
import io.rudder.config.NetworkConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/configuration.md against the options and the configuration's members that there are. */
class ConfigurationOptionsDocTest {
    private static final Path DOCUMENT = Path.of("../docs/configuration.md");

    @ParameterizedTest
    @EnumSource
    void tellsOfEachOptionAsHelpDoes(DaemonOption option) throws IOException {
        String row = rows().filter(line -> line.startsWith("| `" + option.flag() + "`")
                        || line.startsWith("| `" + option.flag() + " "))
                .findFirst()
                .orElse("");

        assertThat(row)
                .as("the row of %s in docs/configuration.md", option.flag())
                .contains(option.description(), "`" + option.variable() + "`");
        option.defaultText().ifPresent(text -> assertThat(row).contains("`" + text + "`"));
    }

    /** The example has every member, and none that is not known. */
    @Test
    void showsAConfigurationThatIsValid() throws IOException, InvalidConfigException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int from = lines.indexOf("    {");
        String example = String.join("\n", lines.subList(from, from + lines.subList(from, lines.size()).indexOf("    }") + 1));

        NetworkConfigReader.read(example, warning -> assertThat(warning).isNull());

        assertThat(example).contains("\"Network\"", "\"SubnetLen\"", "\"SubnetMin\"", "\"SubnetMax\"", "\"Backend\"");
    }

    private static Stream<String> rows() throws IOException {
        return Files.readAllLines(DOCUMENT).stream();
    }
}
