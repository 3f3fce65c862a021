package io.rudder.cli.command;

import io.rudder.status.StatusJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rudder status}. */
@Command
final class StatusCommand extends OperatorCommand {
    @Mixin
    private JsonOption json;

    StatusCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException {
        if (json.isWanted()) {
            out().println(StatusJson.write(status()));
        } else {
            new StatusText(session().ink()).lines(status()).forEach(out()::println);
        }
        return 0;
    }
}
