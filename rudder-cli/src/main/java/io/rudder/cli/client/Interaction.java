package io.rudder.cli.client;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a command needs that goes on until a key is pressed: the terminal gives each key at once, and {@code q} ends the
 * connection. Nothing for other commands.
 */
final class Interaction implements AutoCloseable {
    private static final String INTERACTIVE = "top";
    private static final int QUIT = 'q';

    private final Terminal terminal;
    private final String savedSettings;

    private Interaction(Terminal terminal, String savedSettings) {
        this.terminal = terminal;
        this.savedSettings = savedSettings;
    }

    static Interaction begin(List<String> arguments, Terminal terminal, ControlClient client) throws IOException {
        if (!arguments.get(0).equals(INTERACTIVE) || !terminal.present()) {
            return new Interaction(terminal, "");
        }
        String saved = stty("-g");
        String[] size = stty("size").split(" ");
        stty("-icanon", "-echo", "min", "1");
        Interaction interaction =
                new Interaction(terminal.withSize(Integer.parseInt(size[1]), Integer.parseInt(size[0])), saved);
        Runtime.getRuntime().addShutdownHook(new Thread(interaction::restore));
        Thread keys = new Thread(() -> endOnQuit(client), "rudder-keys");
        keys.setDaemon(true);
        keys.start();
        return interaction;
    }

    private static void endOnQuit(ControlClient client) {
        try {
            int key = System.in.read();
            while (key >= 0 && key != QUIT) {
                key = System.in.read();
            }
            System.exit(0);
        } catch (IOException e) {
            // No more keys; Ctrl-C still ends the command.
        }
    }

    /** The terminal, with its size where that matters. */
    Terminal terminal() {
        return terminal;
    }

    private void restore() {
        try {
            stty(savedSettings);
            System.out.print("\033[?25h\033[?1049l");
            System.out.flush();
        } catch (IOException e) {
            // Then it stays as it is; 'reset' mends it.
        }
    }

    @Override
    public void close() {
        // The shutdown hook restores the terminal, however the command ends.
    }

    private static String stty(String... arguments) throws IOException {
        String[] line = new String[arguments.length + 1];
        line[0] = "stty";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        Process process = new ProcessBuilder(line)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        try {
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return output;
    }
}
