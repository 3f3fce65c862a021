package io.rudder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.cli.command.CommandName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ManPagesTest {
    @ParameterizedTest
    @EnumSource
    void tellOfEachOptionOfTheDaemon(DaemonOption option) {
        assertThat(ManPages.daemon()).contains("\\fB" + option.flag().replace("-", "\\-") + "\\fR", option.variable());
    }

    @ParameterizedTest
    @EnumSource
    void tellOfEachCommand(CommandName command) {
        assertThat(ManPages.commands())
                .contains(
                        ".SS rudder " + command.text().replace("-", "\\-"),
                        command.summary().replace("-", "\\-"));
    }

    @Test
    void tellOfSubcommands() {
        assertThat(ManPages.commands())
                .contains(".SS rudder leases reserve SUBNET PUBLIC\\-IP", ".SS rudder config put");
    }
}
