package io.rudder.it.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * A process that a test started: known by its process id, its output kept in two files. {@code ip netns exec} and
 * {@code setpriv} replace themselves by the command, so the id is the command's own.
 */
public final class Running implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final List<String> command;
    private final Process process;
    private final Path stdout;
    private final Path stderr;

    private Running(List<String> command, Process process, Path stdout, Path stderr) {
        this.command = command;
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** Starts {@code command}; its output goes to new files in {@code directory}. */
    public static Running start(List<String> command, Path directory) {
        try {
            Path stdout = Files.createTempFile(directory, "", ".out");
            Path stderr = Files.createTempFile(directory, "", ".err");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(stdout.toFile())
                    .redirectError(stderr.toFile())
                    .start();
            return new Running(command, process, stdout, stderr);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the process id. */
    public long pid() {
        return process.pid();
    }

    /** Returns whether the process still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns what was printed so far. */
    public String stdout() {
        return read(stdout);
    }

    /** Returns what was complained about so far. */
    public String stderr() {
        return read(stderr);
    }

    /** Writes a line to the process's standard input. */
    public void tell(String line) {
        PrintStream input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        input.println(line);
    }

    /**
     * Waits until either output contains a match of {@code regex}.
     *
     * @throws AssertionError if it does not within {@code bound}, or the process ends without it
     */
    public void awaitOutput(String regex, Duration bound) {
        Pattern pattern = Pattern.compile(regex);
        BooleanSupplier seen = () ->
                pattern.matcher(stdout()).find() || pattern.matcher(stderr()).find();
        Wait.until(bound, () -> seen.getAsBoolean() || !isAlive());
        if (!seen.getAsBoolean()) {
            String state = isAlive() ? "within " + bound : "before it ended with " + process.exitValue();
            throw new AssertionError(
                    "no '%s' %s from: %s%n%s%s".formatted(regex, state, String.join(" ", command), stdout(), stderr()));
        }
    }

    /**
     * Waits for the end of the process.
     *
     * @throws AssertionError if it does not end within {@code bound}; it is killed then
     */
    public Result awaitExit(Duration bound) {
        try {
            if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                throw new AssertionError("still running after %s: %s%n%s%s"
                        .formatted(bound, String.join(" ", command), stdout(), stderr()));
            }
        } catch (InterruptedException e) {
            kill();
            throw new IllegalStateException("interrupted", e);
        }
        return new Result(command, process.exitValue(), stdout(), stderr());
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGINT, as Ctrl-C does. */
    public void interrupt() {
        signal("INT");
    }

    /** Sends a signal, named as kill(1) names it. */
    public void signal(String name) {
        start(List.of("kill", "-" + name, Long.toString(pid())), stdout.getParent())
                .awaitExit(GRACE);
    }

    /** Sends SIGKILL to the process and to all that it started. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Ends the process: politely at first, by force if it does not listen. */
    @Override
    public void close() {
        terminate();
        try {
            if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                kill();
                process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
