package io.rudder.cli.command;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Scripts that complete commands and options in a shell; picocli makes them of the same specs that it parses by. */
public final class Completion {
    private static final String PROGRAM = "rudder";

    private Completion() {}

    /** For bash. */
    public static String bash(List<OptionSpec> daemonOptions) {
        CommandSpec root = CommandSpec.create().name(PROGRAM);
        daemonOptions.forEach(root::addOption);
        CommandLine line = new CommandLine(root);
        for (CommandName name : CommandName.values()) {
            line.addSubcommand(name.text(), name.documented(daemonOptions));
        }
        return AutoComplete.bash(PROGRAM, line);
    }

    /** For zsh, which runs bash's with a module of its own. */
    public static String zsh(List<OptionSpec> daemonOptions) {
        return "#compdef rudder\nautoload -U +X bashcompinit && bashcompinit\n" + bash(daemonOptions);
    }
}
