package io.rudder.cli.command;

import io.rudder.daemon.socket.CommandOutput;
import io.rudder.daemon.socket.CommandRequest;
import io.rudder.daemon.socket.CommandShell;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Finds the command that a request names, has picocli read its options, and runs it. */
public final class Shell implements CommandShell {
    /** Exit code of a command that failed. */
    public static final int FAILED = 1;

    /** Exit code of a command that does not exist, or not with these options. */
    public static final int MISUSED = 2;

    private final NodeContext context;
    private final List<OptionSpec> daemonOptions;

    /**
     * A shell.
     *
     * @param context what the commands work on
     * @param daemonOptions the daemon's options, which commands that do without a daemon take as well
     */
    public Shell(NodeContext context, List<OptionSpec> daemonOptions) {
        this.context = context;
        this.daemonOptions = List.copyOf(daemonOptions);
    }

    @Override
    public int run(CommandRequest request, CommandOutput output) throws InterruptedException {
        Session session = new Session(context, daemonOptions, request, output);
        String name = request.arguments().get(0);
        Optional<CommandName> command = CommandName.find(name);
        if (command.isEmpty()) {
            session.error("no command '" + name + "'; there are " + CommandName.list());
            return MISUSED;
        }
        CommandLine line = command.get().commandLine(session);
        List<String> rest = request.arguments().subList(1, request.arguments().size());
        try {
            return line.execute(rest.toArray(String[]::new));
        } finally {
            session.out().flush();
            session.err().flush();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
