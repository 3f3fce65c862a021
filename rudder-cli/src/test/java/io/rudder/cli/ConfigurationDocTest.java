package io.rudder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.config.InvalidConfigException;
import io.rudder.config.NetworkConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the example in docs/configuration.md against the reader of configurations. */
class ConfigurationDocTest {
    private static final Path DOCUMENT = Path.of("../docs/configuration.md");

    @Test
    void showsAConfigurationWithEachMemberAndNoOther() throws IOException, InvalidConfigException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        String example = String.join("\n", lines.subList(lines.indexOf("    {"), lines.indexOf("    }") + 1));

        NetworkConfigReader.read(example, warning -> assertThat(warning).isNull());

        assertThat(example)
                .contains("\"Network\"", "\"SubnetLen\"", "\"SubnetMin\"", "\"SubnetMax\"", "\"Backend\"", "\"Port\"");
    }
}
