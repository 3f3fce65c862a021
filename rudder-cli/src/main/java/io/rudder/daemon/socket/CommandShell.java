package io.rudder.daemon.socket;

/** Runs what operators ask for; several at a time. */
public interface CommandShell {
    /**
     * Runs one command to its end, on a thread of its own, which is interrupted when the operator goes away.
     *
     * @return the exit code
     */
    int run(CommandRequest request, CommandOutput output) throws InterruptedException;
}
