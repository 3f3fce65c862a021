package io.rudder.it.fault;

import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the tests of faults have in common. */
final class Fault {
    /** The longest that a line may have been waited for on a busy machine. */
    static final Duration BOUND = Duration.ofSeconds(30);

    private Fault() {}

    /** Lets a fault last: the one thing in a test that has no condition to wait for. */
    static void lasts(Duration duration) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        over.completeOnTimeout(null, duration.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /** Notes a measured figure for docs/reliability.md. */
    static void note(String fault, String figure) {
        System.err.println("FAULT " + fault + ": " + figure);
    }

    /** Runs something and returns how long it took. */
    static Duration timed(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** The CPU time that a daemon has used, in milliseconds (proc(5), stat, at 100 ticks a second). */
    static long cpuMillis(RudderProcess daemon) {
        String stat = read(proc(daemon, "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10;
    }

    static long threads(RudderProcess daemon) {
        return entries(proc(daemon, "task"));
    }

    static long descriptors(RudderProcess daemon) {
        return entries(proc(daemon, "fd"));
    }

    private static Path proc(RudderProcess daemon, String name) {
        return Path.of("/proc", Long.toString(daemon.process().pid()), name);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long entries(Path folder) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
