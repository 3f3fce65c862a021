package io.rudder.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/commands.md against the commands that there are. */
class CommandsDocTest {
    @ParameterizedTest
    @EnumSource
    void tellsOfEachCommand(CommandName name) throws IOException {
        assertThat(Files.readString(Path.of("../docs/commands.md")))
                .contains("| [`" + name.text())
                .contains("rudder " + name.text());
    }
}
