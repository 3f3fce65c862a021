package io.rudder.cli.command;

import io.rudder.status.NodeStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rudder top}: redraws until the operator is gone; the client ends it with {@code q}. */
@Command
final class TopCommand extends OperatorCommand {
    private static final String OTHER_SCREEN = "\033[?1049h\033[?25l";
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_REST = "\033[J";

    @Option(
            names = {"-interval", "--interval"},
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "How long each view stays, 1 to 60; default ${DEFAULT-VALUE}.")
    private int intervalSeconds;

    TopCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException, InterruptedException {
        if (intervalSeconds < 1 || intervalSeconds > 60) {
            throw new CommandException("-interval " + intervalSeconds + " (expected: 1 to 60)");
        }
        int rows = session().request().rows();
        if (rows == 0) {
            throw new CommandException("top needs a terminal; 'rudder status -json' prints the same once");
        }
        out().print(OTHER_SCREEN);
        NodeStatus earlier = status();
        do {
            NodeStatus now = status();
            if (session().output().isWritable()) {
                draw(new TopView(session().ink()).lines(earlier, now));
            }
            earlier = now;
        } while (!session().output().awaitGone(intervalSeconds * 1000L));
        return 0;
    }

    private void draw(List<String> lines) {
        int rows = session().request().rows();
        out().print(HOME);
        lines.stream().limit(rows - 1L).forEach(line -> out().print(line + CLEAR_LINE + "\r\n"));
        out().print(CLEAR_REST);
        out().flush();
    }
}
