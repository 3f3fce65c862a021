package io.rudder.cli;

import io.rudder.cli.client.OperatorCommand;
import io.rudder.daemon.socket.CommandRequest;
import java.util.Optional;

/** Runs commands in this process. Loads what that needs only when it is called. */
final class LocalCommands implements OperatorCommand.Local {
    @Override
    public int run(CommandRequest request, Optional<String> problem) {
        return LocalShell.run(request, problem);
    }
}
