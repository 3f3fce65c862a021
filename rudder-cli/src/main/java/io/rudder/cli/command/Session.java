package io.rudder.cli.command;

import io.rudder.daemon.socket.CommandOutput;
import io.rudder.daemon.socket.CommandRequest;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.OptionSpec;

/** One run of one command: what it works on, what was asked, and where its output goes. On the command's thread. */
final class Session {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final NodeContext node;
    private final List<OptionSpec> daemonOptions;
    private final CommandRequest request;
    private final CommandOutput output;
    private final PrintWriter out;
    private final PrintWriter err;

    Session(NodeContext node, List<OptionSpec> daemonOptions, CommandRequest request, CommandOutput output) {
        this.node = node;
        this.daemonOptions = daemonOptions;
        this.request = request;
        this.output = output;
        this.out = writer(new Bytes(output::out));
        this.err = writer(new Bytes(output::err));
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), false);
    }

    NodeContext node() {
        return node;
    }

    /** The options of the daemon, which is the command without a name. */
    List<OptionSpec> daemonOptions() {
        return daemonOptions;
    }

    CommandRequest request() {
        return request;
    }

    /** Where text goes that the command prints. */
    PrintWriter out() {
        return out;
    }

    /** Where complaints go. */
    PrintWriter err() {
        return err;
    }

    /** Where bytes go, and whether anybody takes them. */
    CommandOutput output() {
        return output;
    }

    Ink ink() {
        return new Ink(request.colour());
    }

    /** One line of complaint. */
    void error(String message) {
        err.println("rudder: " + message);
        err.flush();
    }

    /** Tells of an exception: in one line, unless it is a defect. */
    int failed(Exception failure) {
        if (failure instanceof CommandException) {
            error(failure.getMessage());
        } else if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        } else {
            log.error("command {} failed", request.arguments(), failure);
            error("this is a defect, please report it with what is in the log: " + failure);
        }
        return Shell.FAILED;
    }

    /** A stream that hands on what was written to it. */
    private static final class Bytes extends OutputStream {
        private final Sink sink;

        Bytes(Sink sink) {
            this.sink = sink;
        }

        @Override
        public void write(int oneByte) {
            sink.accept(new byte[] {(byte) oneByte});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            sink.accept(Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }

    private interface Sink {
        void accept(byte[] bytes);
    }
}
