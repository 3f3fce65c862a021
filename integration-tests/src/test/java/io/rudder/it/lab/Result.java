package io.rudder.it.lab;

import java.util.List;

/**
 * What a finished command left behind.
 *
 * @param command what was run
 * @param exitCode its exit status; 128 + n after death by signal n
 * @param stdout all that it printed
 * @param stderr all that it complained about
 */
public record Result(List<String> command, int exitCode, String stdout, String stderr) {
    /**
     * Returns this result if the command succeeded.
     *
     * @throws AssertionError with both outputs if the exit status is not 0
     */
    public Result orFail() {
        if (exitCode != 0) {
            throw new AssertionError(
                    "exit status %d from: %s%n%s%s".formatted(exitCode, String.join(" ", command), stdout, stderr));
        }
        return this;
    }

    /** Returns standard output followed by standard error. */
    public String output() {
        return stdout + stderr;
    }
}
