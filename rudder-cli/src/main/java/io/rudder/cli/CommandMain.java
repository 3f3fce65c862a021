package io.rudder.cli;

import io.rudder.cli.client.OperatorCommand;
import java.io.IOException;
import java.util.List;

/** The process as an operator's command. */
final class CommandMain {
    private CommandMain() {}

    static int run(String[] arguments) throws IOException {
        // A lambda would load more than all the rest of the client.
        return new OperatorCommand(List.of(arguments), System.getenv(), new LocalCommands()).run();
    }
}
