package io.rudder.cli;

import io.rudder.cli.command.DaemonContext;
import io.rudder.cli.command.Shell;
import io.rudder.cli.log.LogSettings;
import io.rudder.cli.log.Logging;
import io.rudder.daemon.Daemon;
import io.rudder.daemon.DaemonSettings;
import io.rudder.daemon.host.HostException;

/** The process as the daemon. */
final class DaemonMain {
    private DaemonMain() {}

    static int run(String[] arguments) {
        quietJavaLogging();
        return RudderCommand.create(System.getenv(), DaemonMain::runDaemon).execute(arguments);
    }

    /** gRPC logs by the JDK's own logging, which writes to stderr what is of no use to an operator. */
    static void quietJavaLogging() {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
    }

    private static int runDaemon(DaemonSettings settings, LogSettings log) throws HostException {
        Logging.setUp(log);
        return new Daemon(
                        settings,
                        BuildVersion.text(),
                        node -> new Shell(new DaemonContext(node), RudderCommand.options()))
                .runUntilSignal();
    }
}
