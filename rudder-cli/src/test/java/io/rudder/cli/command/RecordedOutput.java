package io.rudder.cli.command;

import io.rudder.daemon.socket.CommandOutput;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps what a command wrote, for an operator who is gone as soon as the command waits. */
class RecordedOutput implements CommandOutput {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Override
    public void out(byte[] bytes) {
        out.writeBytes(bytes);
    }

    @Override
    public void err(byte[] bytes) {
        err.writeBytes(bytes);
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public boolean awaitGone(long millis) {
        return true;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    void clear() {
        out.reset();
        err.reset();
    }
}
