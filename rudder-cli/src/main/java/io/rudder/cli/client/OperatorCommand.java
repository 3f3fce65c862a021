package io.rudder.cli.client;

import io.rudder.daemon.socket.CommandRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs an operator's command: in the daemon of this host if one answers, else in this process, where some commands can
 * do without a daemon.
 */
public final class OperatorCommand {
    private static final String RUN_DIR = "run-dir";
    private static final String DEFAULT_RUN_DIR = "/run/rudder";
    private static final String SOCKET = "rudder.sock";
    private static final String ADVICE = "; start the daemon ('systemctl start rudder'), or name its -run-dir";
    private static final int FAILED = 1;

    private final List<String> arguments;
    private final Map<String, String> environment;
    private final Local local;

    /**
     * A command.
     *
     * @param arguments its name and what follows
     * @param environment the process's variables
     * @param local runs what no daemon runs
     */
    public OperatorCommand(List<String> arguments, Map<String, String> environment, Local local) {
        this.arguments = arguments;
        this.environment = environment;
        this.local = local;
    }

    /** Runs it, and returns its exit code. */
    public int run() throws IOException {
        Terminal terminal = Terminal.of(environment);
        if (namesEtcd()) {
            return local.run(request(terminal), Optional.empty());
        }
        Path socket = Path.of(runDir(), SOCKET);
        try (ControlClient client = ControlClient.connect(socket)) {
            return answer(client, terminal);
        } catch (ConnectException e) {
            return local.run(request(terminal), Optional.of("no daemon answers at " + socket + ADVICE));
        } catch (SocketException e) {
            boolean isThere = Files.exists(socket);
            String problem =
                    isThere ? socket + ": " + e.getMessage() + "; run this as root" : "no daemon at " + socket + ADVICE;
            return local.run(request(terminal), Optional.of(problem));
        }
    }

    private int answer(ControlClient client, Terminal terminal) {
        PrintStream out = System.out;
        try (Interaction interaction = Interaction.begin(arguments, terminal, client)) {
            return client.run(request(interaction.terminal()), out, System.err);
        } catch (IOException e) {
            if (out.checkError()) {
                // Whoever read the output has seen enough.
                return 0;
            }
            System.err.println("rudder: " + e.getMessage());
            return FAILED;
        }
    }

    private CommandRequest request(Terminal terminal) throws IOException {
        String input = arguments.contains("-") ? readInput() : "";
        return new CommandRequest(arguments, terminal.colour(), terminal.columns(), terminal.rows(), input);
    }

    private static String readInput() throws IOException {
        byte[] bytes = System.in.readNBytes(CommandRequest.MAX_BYTES / 2);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whoever names an etcd means that one, and not the daemon's. */
    private boolean namesEtcd() {
        // A stream would load as much as all the rest of this program.
        for (String argument : arguments) {
            if (argument.startsWith("-etcd") || argument.startsWith("--etcd")) {
                return true;
            }
        }
        return false;
    }

    private String runDir() {
        for (int index = arguments.size() - 1; index >= 0; index--) {
            String argument = arguments.get(index);
            String name = argument.startsWith("--") ? argument.substring(1) : argument;
            if (name.equals("-" + RUN_DIR) && index + 1 < arguments.size()) {
                return arguments.get(index + 1);
            }
            if (name.startsWith("-" + RUN_DIR + "=")) {
                return name.substring(RUN_DIR.length() + 2);
            }
        }
        String variable = environment.getOrDefault("RUDDER_RUN_DIR", "");
        return variable.isEmpty() ? DEFAULT_RUN_DIR : variable;
    }

    /** Runs commands in this process. */
    public interface Local {
        /**
         * Runs one.
         *
         * @param problem why no daemon ran it and what would do; empty if it is not to be run there
         */
        int run(CommandRequest request, Optional<String> problem);
    }
}
