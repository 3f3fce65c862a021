package io.rudder.cli.command;

import io.rudder.status.StatusJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rudder peers}. */
@Command
final class PeersCommand extends OperatorCommand {
    @Mixin
    private JsonOption json;

    PeersCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException {
        if (json.isWanted()) {
            printJson(member("peers", StatusJson.tree(status().peers())));
        } else {
            new PeerTable(session().ink()).lines(status().peers()).forEach(out()::println);
        }
        return 0;
    }
}
