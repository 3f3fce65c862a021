package io.rudder.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code rudder config}: what it does is in its subcommands. */
@Command
final class ConfigCommand extends OperatorCommand {
    ConfigCommand(Session session) {
        super(session);
    }

    @Override
    boolean worksWithoutDaemon() {
        return true;
    }

    @Override
    void configure(CommandLine line) {
        line.addSubcommand("show", new ConfigShowCommand(session()));
        line.addSubcommand("check", new ConfigCheckCommand(session()));
        line.addSubcommand("put", new ConfigPutCommand(session()));
    }

    @Override
    int run() throws CommandException {
        throw new CommandException("config needs to know what to do: show, check or put");
    }
}
