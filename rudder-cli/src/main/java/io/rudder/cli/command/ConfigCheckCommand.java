package io.rudder.cli.command;

import io.rudder.config.NetworkConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rudder config check}. */
@Command(description = "Check a configuration by the daemon's own rules, without writing it.")
final class ConfigCheckCommand extends OperatorCommand {
    @Parameters(paramLabel = "JSON|-", description = "The configuration, or - to read it from stdin.")
    private String text;

    @Mixin
    private JsonOption json;

    ConfigCheckCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException {
        NetworkConfig config =
                RegistryCalls.parse(text(session(), text), warning -> session().error("warning: " + warning));
        report(
                json,
                ConfigShowCommand.members(config),
                "it would do: " + config + ", " + config.subnetCount() + " subnets");
        return 0;
    }

    static String text(Session session, String argument) throws CommandException {
        if (!argument.equals("-")) {
            return argument;
        }
        if (session.request().input().isBlank()) {
            throw new CommandException("there is nothing on stdin");
        }
        return session.request().input();
    }
}
