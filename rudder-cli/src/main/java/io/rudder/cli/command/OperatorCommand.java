package io.rudder.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rudder.status.NodeStatus;
import io.rudder.status.StatusJson;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** What all commands have in common. */
abstract class OperatorCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-help", "--help", "-h"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = {"-run-dir", "--run-dir"},
            paramLabel = "DIR",
            arity = "1",
            description = "Where the daemon's socket is; else RUDDER_RUN_DIR, else /run/rudder.")
    private List<String> runDirs;

    OperatorCommand(Session session) {
        this.session = session;
    }

    /** Whether it can do without a daemon, and therefore takes the daemon's options. */
    boolean worksWithoutDaemon() {
        return false;
    }

    /** Adds what annotations cannot say. */
    void configure(CommandLine line) {}

    /** Does it; the exit code. */
    abstract int run() throws CommandException, InterruptedException;

    @Override
    public final Integer call() throws Exception {
        return run();
    }

    Session session() {
        return session;
    }

    PrintWriter out() {
        return session.out();
    }

    NodeStatus status() throws CommandException {
        return session.node().status();
    }

    ParseResult options() {
        return spec.commandLine().getParseResult();
    }

    /** Prints an object on one line, with the schema's number as its first member. */
    void printJson(JsonObject members) {
        JsonObject json = new JsonObject();
        json.addProperty("schema", NodeStatus.SCHEMA);
        members.entrySet().forEach(member -> json.add(member.getKey(), member.getValue()));
        out().println(StatusJson.write(json));
    }

    /** Prints what was done: in a line, or as an object for programs. */
    void report(JsonOption json, JsonObject members, String line) {
        if (json.isWanted()) {
            printJson(members);
        } else {
            out().println(line);
        }
    }

    /** An object with one member. */
    static JsonObject member(String name, JsonElement value) {
        JsonObject object = new JsonObject();
        object.add(name, value);
        return object;
    }
}
