package io.rudder.cli.command;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The commands that there are. */
public enum CommandName {
    STATUS(StatusCommand::new, "How this node stands: lease, etcd, watch, peers, throughput, drops, events."),
    PEERS(PeersCommand::new, "The other nodes: traffic each way, last seen, round trip, loss, path MTU."),
    WHICH(WhichCommand::new, "Which lease and which peer answer for an address."),
    TOP(TopCommand::new, "Throughput and peers, live; q ends it."),
    LEASES(LeasesCommand::new, "All leases in etcd; reserve and release subnets."),
    CONFIG(ConfigCommand::new, "The network configuration in etcd: show, check, put."),
    CHECK(CheckCommand::new, "Look for what keeps this host from joining the overlay, and say what would do."),
    CAPTURE(CaptureCommand::new, "Write packets to stdout for tcpdump -r - and Wireshark."),
    LOG_LEVEL(LogLevelCommand::new, "Show or change what the running daemon logs."),
    COMPLETION(CompletionCommand::new, "Print a completion script for a shell.");

    private final Function<Session, OperatorCommand> factory;
    private final String summary;

    CommandName(Function<Session, OperatorCommand> factory, String summary) {
        this.factory = factory;
        this.summary = summary;
    }

    /** As it is typed. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it is for, one sentence. */
    public String summary() {
        return summary;
    }

    /** The command of a name. */
    static Optional<CommandName> find(String text) {
        return Arrays.stream(values()).filter(name -> name.text().equals(text)).findFirst();
    }

    /** All names, for a message. */
    static String list() {
        return Arrays.stream(values()).map(CommandName::text).collect(Collectors.joining(", "));
    }

    /** The command with its options, ready to be executed. */
    CommandLine commandLine(Session session) {
        CommandLine line = line(session, session.daemonOptions());
        return line.setPosixClusteredShortOptionsAllowed(false)
                .setUnmatchedOptionsAllowedAsOptionParameters(false)
                .setExpandAtFiles(false)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setOut(session.out())
                .setErr(session.err())
                .setParameterExceptionHandler(new MisuseHandler())
                .setExecutionExceptionHandler((failure, command, parsed) -> session.failed(failure));
    }

    /** The command with its options, to be described and not to be executed. */
    public CommandLine documented(List<OptionSpec> daemonOptions) {
        return line(null, daemonOptions);
    }

    private CommandLine line(Session session, List<OptionSpec> daemonOptions) {
        OperatorCommand command = factory.apply(session);
        CommandLine line = new CommandLine(command);
        line.setCommandName("rudder " + text());
        line.getCommandSpec().usageMessage().description(summary);
        command.configure(line);
        if (command.worksWithoutDaemon()) {
            addDaemonOptions(line, daemonOptions);
            line.getSubcommands().values().forEach(subcommand -> addDaemonOptions(subcommand, daemonOptions));
        }
        return line;
    }

    private static void addDaemonOptions(CommandLine line, List<OptionSpec> daemonOptions) {
        daemonOptions.stream()
                .filter(option -> line.getCommandSpec().findOption(option.longestName()) == null)
                .map(option -> option.toBuilder().hidden(true).build())
                .forEach(line.getCommandSpec()::addOption);
    }
}
