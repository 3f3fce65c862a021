package io.rudder.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rudder log-level}. */
@Command
final class LogLevelCommand extends OperatorCommand {
    private static final List<String> LEVELS = List.of("trace", "debug", "info", "warn", "error", "off");
    private static final String OWN = "io.rudder";
    private static final String INHERIT = "default";

    @Mixin
    private JsonOption json;

    @Parameters(
            arity = "0..2",
            paramLabel = "[LOGGER] LEVEL",
            description = "What to log from now on until the daemon ends: trace, debug, info, warn, error or off, or"
                    + " default to take it back; of one logger, such as io.rudder.netty, else of all of rudder.")
    private List<String> words = List.of();

    LogLevelCommand(Session session) {
        super(session);
    }

    @Override
    int run() throws CommandException {
        if (!session().node().isDaemon()) {
            session().node().status();
        }
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        if (!words.isEmpty()) {
            set(loggers.getLogger(words.size() == 2 ? words.get(0) : OWN), words.get(words.size() - 1));
        }
        show(loggers.getLoggerList().stream()
                .filter(logger -> logger.getLevel() != null)
                .toList());
        return 0;
    }

    private static void set(Logger logger, String level) throws CommandException {
        if (level.equals(INHERIT)) {
            logger.setLevel(null);
        } else if (LEVELS.contains(level.toLowerCase(Locale.ROOT))) {
            logger.setLevel(Level.valueOf(level));
        } else {
            throw new CommandException(
                    "'" + level + "' is not a level (expected " + String.join(", ", LEVELS) + " or " + INHERIT + ")");
        }
    }

    private void show(List<Logger> loggers) {
        if (json.isWanted()) {
            JsonArray array = new JsonArray();
            loggers.forEach(logger -> {
                JsonObject entry = new JsonObject();
                entry.addProperty("logger", logger.getName());
                entry.addProperty("level", levelOf(logger));
                array.add(entry);
            });
            printJson(member("loggers", array));
        } else {
            Table table = new Table(session().ink(), "LOGGER", "LEVEL");
            loggers.forEach(logger -> table.row(logger.getName(), levelOf(logger)));
            table.lines().forEach(out()::println);
        }
    }

    private static String levelOf(Logger logger) {
        return Optional.ofNullable(logger.getLevel())
                .map(level -> level.toString().toLowerCase(Locale.ROOT))
                .orElse("");
    }
}
