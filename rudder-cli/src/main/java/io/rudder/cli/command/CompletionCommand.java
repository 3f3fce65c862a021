package io.rudder.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rudder completion}. */
@Command
final class CompletionCommand extends OperatorCommand {
    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    private String shell;

    CompletionCommand(Session session) {
        super(session);
    }

    @Override
    boolean worksWithoutDaemon() {
        return true;
    }

    @Override
    int run() throws CommandException {
        switch (shell) {
            case "bash" -> out().print(Completion.bash(session().daemonOptions()));
            case "zsh" -> out().print(Completion.zsh(session().daemonOptions()));
            default -> throw new CommandException("no completion for '" + shell + "' (expected bash or zsh)");
        }
        return 0;
    }
}
