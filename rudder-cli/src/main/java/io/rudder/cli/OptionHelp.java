package io.rudder.cli;

import io.rudder.cli.command.CommandName;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The help text's list of options, each with its value, meaning, default and variable. */
final class OptionHelp {
    private static final String INDENT = "        ";

    private OptionHelp() {}

    static String list() {
        return Arrays.stream(DaemonOption.values()).map(OptionHelp::entry).collect(Collectors.joining())
                + "  -help, -version\n" + INDENT + "Show this, or the version, and exit.\n";
    }

    /** The commands, which are not the daemon. */
    static String commands() {
        return Arrays.stream(CommandName.values())
                .map(command -> String.format("  %-12s%s%n", command.text(), command.summary()))
                .collect(Collectors.joining("", "\nCommands, each with -help:\n", ""));
    }

    private static String entry(DaemonOption option) {
        String value = option.isSwitch() ? "" : " " + option.parameter();
        String sources =
                option.defaultText().map(text -> "default " + text + "; ").orElse("") + "variable " + option.variable();
        String alias = Optional.of(option)
                .filter(DaemonOption.ETCD_ENDPOINT::equals)
                .map(any -> " Also -etcd-endpoints.")
                .orElse("");
        return "  " + option.flag() + value + "\n" + INDENT + option.description() + alias + "\n" + INDENT + "("
                + sources + ")\n";
    }
}
