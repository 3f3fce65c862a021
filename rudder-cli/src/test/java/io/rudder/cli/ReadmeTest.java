package io.rudder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the table of options in the README against the options that there are. */
class ReadmeTest {
    @ParameterizedTest
    @EnumSource
    void tellsOfEachOptionAsHelpDoes(DaemonOption option) throws IOException {
        String row = Files.readAllLines(Path.of("../README.md")).stream()
                .filter(line ->
                        line.startsWith("| `" + option.flag() + "`") || line.startsWith("| `" + option.flag() + " "))
                .findFirst()
                .orElse("");

        assertThat(row).contains(option.description(), "`" + option.variable() + "`");
        option.defaultText().ifPresent(text -> assertThat(row).contains("`" + text + "`"));
    }
}
