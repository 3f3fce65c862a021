package io.rudder.cli;

import io.rudder.cli.command.CommandName;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual pages (man(7)), made of the same options and commands that the program parses by. */
final class ManPages {
    private ManPages() {}

    /** {@code rudder(8)}. */
    static String daemon() {
        StringBuilder page = head("rudder", "overlay network daemon");
        section(
                page,
                "SYNOPSIS",
                "\\fBrudder\\fR [\\fIoptions\\fR]\n.br\n\\fBrudder\\fR \\fIcommand\\fR [\\fIoptions\\fR]");
        section(
                page,
                "DESCRIPTION",
                "Without a command, joins this host to the overlay network that etcd describes, leases a subnet for its"
                        + " containers, and carries their packets between the hosts in UDP, until SIGTERM or SIGINT.\n"
                        + ".PP\nCommands for operators are in \\fBrudder\\-commands\\fR(8).");
        page.append(".SH OPTIONS\nWritten \\fB\\-x\\fR \\fIv\\fR, \\fB\\-x\\fR=\\fIv\\fR or \\fB\\-\\-x\\fR=\\fIv\\fR."
                + " Each is also an environment variable; the option wins.\n");
        for (DaemonOption option : DaemonOption.values()) {
            String text = option.description()
                    + option.defaultText()
                            .map(value -> " Default: " + value + ".")
                            .orElse("") + " Variable: "
                    + option.variable() + ".";
            entry(page, option.flag(), option.parameter(), text);
        }
        section(
                page,
                "FILES",
                "/run/rudder/subnet.env: the leased subnet, for container engines.\n.br\n"
                        + "/run/rudder/rudder.sock: where commands reach the daemon.\n.br\n"
                        + "/var/lib/rudder: this node's identity.");
        section(
                page,
                "EXIT STATUS",
                "0 after a signal; 1 if it could not start or go on; 2 for a wrong option. Each failure is one line on"
                        + " standard error.");
        section(page, "SEE ALSO", "\\fBrudder\\-commands\\fR(8), \\fBetcd\\fR(1)");
        return page.toString();
    }

    /** {@code rudder-commands(8)}. */
    static String commands() {
        StringBuilder page = head("rudder-commands", "commands for operators of rudder");
        section(page, "SYNOPSIS", "\\fBrudder\\fR \\fIcommand\\fR [\\fIoptions\\fR]");
        section(
                page,
                "DESCRIPTION",
                "The daemon of this host runs the commands; those that need only etcd or the host also work without a"
                        + " daemon, with the daemon's options (see \\fBrudder\\fR(8)). A command that names an etcd with"
                        + " \\fB\\-etcd\\-endpoint\\fR means that one.");
        page.append(".SH COMMANDS\n");
        for (CommandName name : CommandName.values()) {
            command(page, name.documented(List.of()));
        }
        section(page, "EXIT STATUS", "0 for success, 1 for failure, 2 for a wrong option.");
        section(page, "ENVIRONMENT", "RUDDER_RUN_DIR: where the daemon's socket is. NO_COLOR: no colours.");
        section(page, "SEE ALSO", "\\fBrudder\\fR(8)");
        return page.toString();
    }

    private static void command(StringBuilder page, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String parameters =
                spec.positionalParameters().stream().map(ArgSpec::paramLabel).collect(Collectors.joining(" "));
        page.append(".SS ")
                .append(escape((spec.qualifiedName() + " " + parameters).strip()))
                .append('\n');
        page.append(escape(String.join(" ", spec.usageMessage().description()))).append('\n');
        spec.positionalParameters()
                .forEach(parameter ->
                        entry(page, "", parameter.paramLabel(), String.join(" ", parameter.description())));
        spec.options().stream()
                .filter(option -> !option.hidden() && !option.usageHelp())
                .forEach(option ->
                        entry(page, option.names()[0], label(option), String.join(" ", option.description())));
        command.getSubcommands().values().forEach(subcommand -> command(page, subcommand));
    }

    private static String label(OptionSpec option) {
        return option.arity().max() == 0 ? "" : option.paramLabel();
    }

    private static StringBuilder head(String name, String what) {
        return new StringBuilder(".TH " + name.toUpperCase(Locale.ROOT) + " 8 \"\" \"rudder " + BuildVersion.text()
                + "\"\n.SH NAME\n" + escape(name) + " \\- " + what + "\n");
    }

    private static void section(StringBuilder page, String title, String text) {
        page.append(".SH ").append(title).append('\n').append(text).append('\n');
    }

    private static void entry(StringBuilder page, String name, String parameter, String text) {
        page.append(".TP\n");
        if (!name.isEmpty()) {
            page.append("\\fB").append(escape(name)).append("\\fR ");
        }
        if (!parameter.isEmpty()) {
            page.append("\\fI").append(escape(parameter)).append("\\fR");
        }
        page.append('\n').append(escape(text.replace("${DEFAULT-VALUE}", "1"))).append('\n');
    }

    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
