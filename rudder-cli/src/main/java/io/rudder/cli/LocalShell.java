package io.rudder.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.rudder.cli.command.CommandException;
import io.rudder.cli.command.NodeContext;
import io.rudder.cli.command.Shell;
import io.rudder.cli.log.LogFormat;
import io.rudder.cli.log.LogSettings;
import io.rudder.cli.log.Logging;
import io.rudder.daemon.DaemonSettings;
import io.rudder.daemon.socket.CommandOutput;
import io.rudder.daemon.socket.CommandRequest;
import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.lease.LeaseRegistry;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.status.NodeStatus;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParseResult;

/** Commands without a daemon: those that need etcd connect to it as a daemon with the same options would. */
final class LocalShell implements NodeContext, AutoCloseable {
    private final Optional<String> problem;
    private LeaseRegistry registry;

    private LocalShell(Optional<String> problem) {
        this.problem = problem;
    }

    /**
     * Runs one.
     *
     * @param problem why no daemon runs it
     */
    static int run(CommandRequest request, Optional<String> problem) {
        DaemonMain.quietJavaLogging();
        Logging.setUp(new LogSettings(LogFormat.TEXT, 0));
        // What fails is told by the command itself.
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        loggers.getLoggerList().stream()
                .filter(logger -> logger.getLevel() != null)
                .forEach(logger -> logger.setLevel(Level.ERROR));
        try (LocalShell local = new LocalShell(problem)) {
            return new Shell(local, RudderCommand.options()).run(request, new StandardOutput());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Shell.FAILED;
        }
    }

    @Override
    public boolean isDaemon() {
        return false;
    }

    @Override
    public NodeStatus status() throws CommandException {
        throw noDaemon();
    }

    @Override
    public Tunnel tunnel() throws CommandException {
        throw noDaemon();
    }

    private CommandException noDaemon() {
        return new CommandException(problem.orElse("this command asks the daemon of this host, not an etcd"));
    }

    @Override
    public DaemonSettings settings(ParseResult options) throws CommandException {
        try {
            return new SettingsReader(new OptionValues(options, System.getenv())).read();
        } catch (OptionException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    @Override
    public LeaseRegistry registry(ParseResult options) throws CommandException {
        if (registry == null) {
            registry = new EtcdLeaseRegistry(settings(options).etcd());
        }
        return registry;
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }

    private static final class StandardOutput implements CommandOutput {
        @Override
        public void out(byte[] bytes) {
            System.out.write(bytes, 0, bytes.length);
            System.out.flush();
        }

        @Override
        public void err(byte[] bytes) {
            System.err.write(bytes, 0, bytes.length);
            System.err.flush();
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public boolean awaitGone(long millis) throws InterruptedException {
            Thread.sleep(millis);
            return false;
        }
    }
}
