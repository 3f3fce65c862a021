package io.rudder.cli;

import io.rudder.cli.command.MisuseHandler;
import io.rudder.cli.log.LogSettings;
import io.rudder.daemon.DaemonSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The root command, which is the daemon. Options are written as Go programs have them: {@code -x v}, {@code -x=v},
 * {@code --x v}, {@code --x=v}; a switch may stand alone.
 */
public final class RudderCommand implements Callable<Integer> {
    /** Exit code of a start-up that failed, or of a daemon that could not go on. */
    public static final int FAILED = 1;

    /** Exit code for a wrong option. */
    public static final int MISUSED = 2;

    private final Map<String, String> environment;
    private final DaemonMain daemon;
    private final CommandLine commandLine;

    private RudderCommand(Map<String, String> environment, DaemonMain daemon) {
        this.environment = environment;
        this.daemon = daemon;
        this.commandLine = new CommandLine(spec());
    }

    /**
     * The command line, ready to be executed.
     *
     * @param environment the process's variables
     * @param daemon what runs with the settings that were read
     */
    public static CommandLine create(Map<String, String> environment, DaemonMain daemon) {
        RudderCommand command = new RudderCommand(environment, daemon);
        return command.commandLine
                .setPosixClusteredShortOptionsAllowed(false)
                .setUnmatchedOptionsAllowedAsOptionParameters(false)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(new MisuseHandler())
                .setExecutionExceptionHandler(new FailureHandler());
    }

    /** Reads the settings and runs the daemon. */
    @Override
    public Integer call() throws Exception {
        OptionValues values = new OptionValues(commandLine.getParseResult(), environment);
        DaemonSettings settings = new SettingsReader(values).read();
        LogSettings log = new LogSettings(
                values.get(DaemonOption.LOG_FORMAT, OptionParsers::logFormat),
                values.get(DaemonOption.V, OptionParsers::verbosity));
        return daemon.run(settings, log);
    }

    private CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this)
                .name("rudder")
                .versionProvider(new BuildVersion())
                .addOption(helpOption());
        options().forEach(spec::addOption);
        spec.addOption(versionOption());
        describe(spec.usageMessage());
        return spec;
    }

    /** The daemon's options, as picocli wants them. */
    static List<OptionSpec> options() {
        return Arrays.stream(DaemonOption.values())
                .map(RudderCommand::daemonOption)
                .toList();
    }

    private static OptionSpec daemonOption(DaemonOption option) {
        OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(String[]::new))
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(option.description());
        return option.isSwitch()
                ? builder.arity("0..1").fallbackValue("true").build()
                : builder.arity("1").paramLabel(option.parameter()).build();
    }

    private static OptionSpec helpOption() {
        return OptionSpec.builder("-help", "--help", "-h")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build();
    }

    private static OptionSpec versionOption() {
        return OptionSpec.builder("-version", "--version")
                .versionHelp(true)
                .description("Show the version and exit.")
                .build();
    }

    private static void describe(UsageMessageSpec usage) {
        usage.customSynopsis("rudder [options]", "rudder COMMAND [options]")
                .description("Joins this host to the overlay network that etcd describes, and carries its packets.")
                .optionListHeading("%nOptions, written -x v, -x=v or --x=v:%n")
                .sectionMap()
                .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> OptionHelp.list() + OptionHelp.commands());
    }

    /** What the root command does. */
    public interface DaemonMain {
        /**
         * Runs until the process is to end.
         *
         * @param log what is logged and how
         * @return the exit code
         * @throws Exception a {@link io.rudder.daemon.host.HostException} for what an operator can mend
         */
        int run(DaemonSettings settings, LogSettings log) throws Exception;
    }
}
