package io.rudder.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real etcd of one member, Debian's binary, with a data folder of its own that outlives {@link #kill} and goes with
 * {@link #close}. A command prefix such as {@code ip netns exec NS} puts it into a network namespace.
 */
public final class EtcdServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(15);

    private final List<String> commandPrefix;
    private final List<String> arguments;
    private final List<String> etcdctlArguments = new ArrayList<>();
    private final String endpoint;
    private final Path folder;
    private final Thread killAtExit = new Thread(this::kill);
    private Process process;

    private EtcdServer(
            List<String> commandPrefix, String scheme, String address, int clientPort, int peerPort, String... more) {
        this.commandPrefix = List.copyOf(commandPrefix);
        this.endpoint = scheme + "://" + address + ":" + clientPort;
        this.folder = newFolder();
        String peer = "http://" + address + ":" + peerPort;
        this.arguments = new ArrayList<>(
                List.of("--name", "default", "--data-dir", dataFolder().toString()));
        arguments.addAll(List.of("--listen-client-urls", endpoint, "--advertise-client-urls", endpoint));
        arguments.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
        arguments.addAll(List.of("--initial-cluster", "default=" + peer));
        arguments.addAll(Arrays.asList(more));
        Runtime.getRuntime().addShutdownHook(killAtExit);
    }

    /** One on free ports of the loopback interface, up and healthy. */
    public static EtcdServer start(String... moreArguments) {
        EtcdServer server =
                new EtcdServer(List.of(), "http", "127.0.0.1", freeLoopbackPort(), freeLoopbackPort(), moreArguments);
        server.launch();
        return server;
    }

    /** One on free ports of the loopback interface that speaks TLS with the named certificate, up and healthy. */
    public static EtcdServer startSecured(Certificates certificates, String name, String... moreArguments) {
        EtcdServer server =
                new EtcdServer(List.of(), "https", "127.0.0.1", freeLoopbackPort(), freeLoopbackPort(), moreArguments);
        server.arguments.add("--cert-file=" + certificates.certificate(name));
        server.arguments.add("--key-file=" + certificates.key(name));
        server.etcdctlArguments.add("--insecure-skip-tls-verify");
        server.etcdctlArguments.add("--cert=" + certificates.certificate("client"));
        server.etcdctlArguments.add("--key=" + certificates.key("client"));
        server.launch();
        return server;
    }

    /** One on etcd's usual ports of an address, up and healthy; its commands run behind a prefix. */
    public static EtcdServer startOn(List<String> commandPrefix, String address, String... moreArguments) {
        EtcdServer server = new EtcdServer(commandPrefix, "http", address, 2379, 2380, moreArguments);
        server.launch();
        return server;
    }

    /** {@code http://address:port}. */
    public String endpoint() {
        return endpoint;
    }

    public int clientPort() {
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    }

    public long pid() {
        return process.pid();
    }

    /** {@code kill -9}. */
    public void kill() {
        if (process != null) {
            process.destroyForcibly();
            waitForEnd();
        }
    }

    /** Starts it again after {@link #kill}, with its data and ports. */
    public void restart() {
        kill();
        launch();
    }

    /** Wipes the data of a killed one. */
    public void wipe() {
        delete(dataFolder());
    }

    /** SIGSTOP: connections stay, nothing answers. */
    public void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() {
        signal("CONT");
    }

    /** From now on etcdctl logs in, and everybody has to. */
    public void enableAuthentication(String rootPassword) {
        etcdctl("user", "add", "root:" + rootPassword);
        etcdctl("role", "add", "root");
        etcdctl("user", "grant-role", "root", "root");
        etcdctl("auth", "enable");
        etcdctlArguments.add("--user=root:" + rootPassword);
    }

    /** Runs {@code etcdctl} (API 3) against it and returns what it printed; fails if it fails. */
    public String etcdctl(String... command) {
        Result result = runEtcdctl(command);
        if (result.status != 0) {
            throw new AssertionError("etcdctl " + String.join(" ", command) + ": " + result.output);
        }
        return result.output;
    }

    @Override
    public void close() {
        kill();
        delete(folder);
        try {
            Runtime.getRuntime().removeShutdownHook(killAtExit);
        } catch (IllegalStateException e) {
            // shutting down already, the hook is running
        }
    }

    private void launch() {
        try {
            process = new ProcessBuilder(command("etcd", arguments))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
                    .start();
        } catch (IOException e) {
            throw new AssertionError("cannot run etcd (" + e.getMessage() + "): apt-get install etcd-server", e);
        }
        waitUntilHealthy();
    }

    private void waitUntilHealthy() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (runEtcdctl("endpoint", "health", "--command-timeout=1s").status != 0) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new AssertionError("etcd at " + endpoint + " does not get healthy:\n" + logTail());
            }
        }
    }

    private Result runEtcdctl(String... command) {
        List<String> line = command("etcdctl", List.of("--endpoints=" + endpoint));
        line.addAll(etcdctlArguments);
        line.addAll(Arrays.asList(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        try {
            Process etcdctl = builder.start();
            etcdctl.getOutputStream().close();
            String output = new String(etcdctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!etcdctl.waitFor(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                etcdctl.destroyForcibly();
                throw new AssertionError("etcdctl hangs: " + line);
            }
            return new Result(etcdctl.exitValue(), output);
        } catch (IOException e) {
            throw new AssertionError("cannot run etcdctl (" + e.getMessage() + "): apt-get install etcd-client", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> command(String program, List<String> programArguments) {
        List<String> command = new ArrayList<>(commandPrefix);
        command.add(program);
        command.addAll(programArguments);
        return command;
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void waitForEnd() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path dataFolder() {
        return folder.resolve("data");
    }

    private File log() {
        return folder.resolve("etcd.log").toFile();
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log().toPath());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private static int freeLoopbackPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("rudder-etcd-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path tree) {
        try (Stream<Path> paths = Files.walk(tree)) {
            paths.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Result(int status, String output) {}
}
