package io.rudder.it.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A daemon of the built distribution on one host. */
public final class RudderProcess {
    private static final Duration READY_BOUND = Duration.ofSeconds(30);
    private static final Duration STOP_BOUND = Duration.ofSeconds(10);

    private final Host host;
    private final DaemonOptions options;
    private final Running process;

    private RudderProcess(Host host, DaemonOptions options, Running process) {
        this.host = host;
        this.options = options;
        this.process = process;
    }

    /** Starts a daemon and does not wait for it. */
    public static RudderProcess start(Host host, DaemonOptions options) {
        List<String> command = new ArrayList<>(List.of(startScript().toString()));
        command.addAll(options.arguments());
        return new RudderProcess(host, options, host.spawn(command));
    }

    /** Returns the start script of the distribution that the build has made. */
    public static Path startScript() {
        Path target = Host.testClasses().resolve("../../../rudder-cli/target").normalize();
        try (Stream<Path> entries = Files.list(target)) {
            return entries.map(entry -> entry.resolve("bin/rudder"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no rudder*/bin/rudder in " + target + ": mvn package"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the daemon says that it is ready and returns it. */
    public RudderProcess awaitReady() {
        return awaitReady(READY_BOUND);
    }

    /** Waits until the daemon says that it is ready, at most for {@code bound}, and returns it. */
    public RudderProcess awaitReady(Duration bound) {
        process.awaitOutput("\\bready\\b", bound);
        return this;
    }

    /** Returns the host. */
    public Host host() {
        return host;
    }

    /** Returns the process. */
    public Running process() {
        return process;
    }

    /** Returns the log so far. */
    public String log() {
        return process.stderr();
    }

    /** Returns what the daemon wrote for container runtimes. */
    public SubnetFile subnetFile() {
        return SubnetFile.read(Path.of(options.value("subnet-file")));
    }

    /** Returns the host's address inside the overlay. */
    public String overlayAddress() {
        return subnetFile().overlayAddress();
    }

    /** Returns the key of the daemon's lease under the default prefix. */
    public String leaseKey() {
        return Etcd.PREFIX + "/subnets/" + subnetFile().keyName();
    }

    /** Sends SIGTERM and waits for the end, at most for {@code bound}. */
    public Result terminate(Duration bound) {
        process.terminate();
        return process.awaitExit(bound);
    }

    /** Ends the daemon and returns what it counted, by name. */
    public Map<String, Long> finalCounters() {
        terminate(STOP_BOUND).orFail();
        Map<String, Long> counters = new TreeMap<>();
        Matcher counter = Pattern.compile(" (\\w+)=(\\d+)").matcher(counterLine());
        while (counter.find()) {
            counters.put(counter.group(1), Long.parseLong(counter.group(2)));
        }
        return counters;
    }

    private String counterLine() {
        return log().lines()
                .filter(line -> line.contains("counters: "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no counters in the log:\n" + log()));
    }

    /** Kills the daemon without a chance to clean up. */
    public void kill9() {
        process.kill();
        process.awaitExit(Duration.ofSeconds(5));
    }

    /** Returns the resident memory in KiB (proc(5), VmRSS). */
    public long residentKib() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
