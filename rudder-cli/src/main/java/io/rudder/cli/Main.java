package io.rudder.cli;

import io.rudder.cli.log.LogSettings;
import io.rudder.cli.log.Logging;
import io.rudder.daemon.Daemon;
import io.rudder.daemon.DaemonSettings;
import io.rudder.daemon.host.HostException;

/** The process {@code rudder}. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code: 0, 1 for a failure, 2 for a wrong option. */
    public static void main(String[] arguments) {
        quietJavaLogging();
        System.exit(RudderCommand.create(System.getenv(), Main::runDaemon).execute(arguments));
    }

    /** gRPC logs by the JDK's own logging, which writes to stderr what is of no use to an operator. */
    private static void quietJavaLogging() {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
    }

    private static int runDaemon(DaemonSettings settings, LogSettings log) throws HostException {
        Logging.setUp(log);
        return new Daemon(settings).runUntilSignal();
    }
}
