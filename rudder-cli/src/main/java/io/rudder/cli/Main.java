package io.rudder.cli;

import java.io.IOException;

/** The process {@code rudder}. */
public final class Main {
    private Main() {}

    /**
     * Runs the daemon, or the command that the first argument names, and ends the process with the exit code: 0, 1 for a
     * failure, 2 for a wrong option. This class knows neither of the two itself, so that a command need not load the
     * daemon.
     */
    public static void main(String[] arguments) throws IOException {
        boolean isCommand = arguments.length > 0 && !arguments[0].startsWith("-");
        System.exit(isCommand ? CommandMain.run(arguments) : DaemonMain.run(arguments));
    }
}
