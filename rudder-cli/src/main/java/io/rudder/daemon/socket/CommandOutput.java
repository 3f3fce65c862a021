package io.rudder.daemon.socket;

/** Where a command's output goes. On any thread; nothing blocks. */
public interface CommandOutput {
    /** Writes to the operator's standard output. */
    void out(byte[] bytes);

    /** Writes to the operator's standard error. */
    void err(byte[] bytes);

    /** Whether the operator keeps up; if not, a command that never ends leaves something out. */
    boolean isWritable();

    /**
     * Waits until the operator is gone, or for a time.
     *
     * @return whether the operator is gone
     */
    boolean awaitGone(long millis) throws InterruptedException;
}
