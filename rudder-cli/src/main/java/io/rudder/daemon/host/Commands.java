package io.rudder.daemon.host;

import java.util.List;
import java.util.Optional;

/** Runs the host's administration programs, one at a time, on the caller's thread. */
public interface Commands {

    /**
     * Runs a program to its end.
     *
     * @param stdin what it reads
     * @param command the program's name and its arguments
     * @throws HostException if it is not installed or does not end in time; not if it fails
     */
    Result run(String stdin, List<String> command) throws HostException;

    /** Whether a program is installed. */
    boolean isInstalled(String program);

    /** Runs a program that needs no input. */
    default Result run(String... command) throws HostException {
        return run("", List.of(command));
    }

    /**
     * Runs a program that has to succeed.
     *
     * @param purpose what it is for, as in "could not {purpose}"
     */
    default String require(String purpose, String stdin, List<String> command) throws HostException {
        Result result = run(stdin, command);
        if (result.exitCode() != 0) {
            throw new HostException("could not " + purpose + ": " + result.complaint(command.get(0)));
        }
        return result.output();
    }

    /**
     * How a program ended.
     *
     * @param exitCode 0 for success
     * @param output what it wrote, errors included
     */
    record Result(int exitCode, String output) {
        /** The first line that says why, and what would do if that is known. */
        String complaint(String program) {
            Optional<String> reason = output.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("Command failed"))
                    .findFirst();
            String text =
                    program + " says " + reason.map(line -> "'" + line + "'").orElse("exit code " + exitCode);
            boolean isForbidden = output.contains("Operation not permitted") || output.contains("Permission denied");
            return isForbidden ? text + "; run rudder as root or with CAP_NET_ADMIN" : text;
        }
    }
}
