package io.rudder.daemon.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Programs that are only pretended: they answer as told, and what they were given is kept. */
final class FakeCommands implements Commands {
    private final Set<String> installed;
    private final Map<String, Result> answers = new HashMap<>();
    private final List<String> calls = new ArrayList<>();

    FakeCommands(String... installed) {
        this.installed = Set.of(installed);
    }

    /** What a command answers from now on; others succeed silently. */
    void answer(String command, int exitCode, String output) {
        answers.put(command, new Result(exitCode, output));
    }

    /** The calls so far: the command, and in further lines what it read. */
    List<String> calls() {
        return calls;
    }

    @Override
    public boolean isInstalled(String program) {
        return installed.contains(program);
    }

    @Override
    public Result run(String stdin, List<String> command) {
        String line = String.join(" ", command);
        calls.add(stdin.isEmpty() ? line : line + "\n" + stdin);
        return answers.getOrDefault(line, new Result(0, ""));
    }
}
