package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the tests of faults have in common. */
final class Fault {
    /** The longest that a line may have been waited for on a busy machine. */
    static final Duration BOUND = Duration.ofSeconds(30);

    /** Where figures are gathered for {@code bin/verify --faults}. */
    private static final Path NOTES = Path.of("target", "faults.txt");

    private Fault() {}

    /** Whether faults last as long as docs/reliability.md promises, as {@code bin/verify --faults} has it. */
    static boolean isFull() {
        return Boolean.getBoolean("faults.full");
    }

    /** How long a fault lasts: as long as it must to be seen, or as promised. */
    static Duration seconds(int shortest, int full) {
        return Duration.ofSeconds(isFull() ? full : shortest);
    }

    /** Lets a fault last: the one thing in a test that has no condition to wait for. */
    static void lasts(Duration duration) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        over.completeOnTimeout(null, duration.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /** Notes a measured figure for docs/reliability.md. */
    static void note(String fault, String figure) {
        String line = "FAULT " + fault + ": " + figure;
        System.err.println(line);
        try {
            Files.createDirectories(NOTES.getParent());
            Files.writeString(NOTES, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a condition holds that must within {@link #BOUND}, and returns how long it took. */
    static Duration awaited(BooleanSupplier condition, Supplier<String> otherwise) {
        return awaited(BOUND, condition, otherwise);
    }

    /** Waits until a condition holds that must within a bound, and returns how long it took. */
    static Duration awaited(Duration bound, BooleanSupplier condition, Supplier<String> otherwise) {
        return timed(
                () -> assertThat(Wait.until(bound, condition)).as(otherwise).isTrue());
    }

    /** Waits until a daemon says that it has lost touch with etcd, and returns how long it took. */
    static Duration assertNoticed(RudderProcess daemon, Duration promised) {
        long before = losses(daemon);
        Duration noticed = awaited(promised.plus(BOUND), () -> losses(daemon) > before, daemon::log);
        assertThat(noticed).isLessThan(promised);
        return noticed;
    }

    private static long losses(RudderProcess daemon) {
        return daemon.log()
                .lines()
                .filter(line -> line.contains("lost touch with the registry"))
                .count();
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
