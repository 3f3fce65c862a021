package io.rudder.daemon.host;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Commands as processes, with a time limit each. They are found below PATH and where administration programs are. */
public final class ProcessCommands implements Commands {
    private static final List<String> ADMIN_PATH = List.of("/usr/sbin", "/sbin");

    private final Duration timeout;

    public ProcessCommands(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public boolean isInstalled(String program) {
        return find(program).isPresent();
    }

    @Override
    public Result run(String stdin, List<String> command) throws HostException {
        String program = command.get(0);
        Path executable = find(program)
                .orElseThrow(() -> new HostException(
                        "the program '" + program + "' is not installed; install " + packageOf(program)));
        List<String> line = new ArrayList<>(command);
        line.set(0, executable.toString());
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        try {
            return await(builder.start(), stdin, program);
        } catch (IOException e) {
            throw new HostException("could not run " + executable + ": " + e.getMessage(), e);
        }
    }

    private Result await(Process process, String stdin, String program) throws HostException {
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> readAll(process));
        write(process, stdin);
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new HostException(
                        "'" + program + "' did not end within " + timeout.toSeconds() + " s and was killed");
            }
            return new Result(process.exitValue(), output.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("interrupted while '" + program + "' ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void write(Process process, String stdin) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(stdin.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading to the end; its output and exit code tell why.
        }
    }

    private static String readAll(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(":")), ADMIN_PATH.stream())
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String packageOf(String program) {
        return switch (program) {
            case "ip" -> "iproute2";
            case "nft" -> "nftables";
            default -> program;
        };
    }
}
