package io.rudder.it.scale;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of the table that bin/scale prints. */
final class Figures {
    private static final Path FILE = Path.of("target", "scale.md");

    private final List<String> rows = new ArrayList<>();

    void add(String what, String measured, String aim) {
        rows.add("| " + what + " | " + measured + " | " + aim + " |");
    }

    /** Writes and prints the table. */
    void write() {
        List<String> table = new ArrayList<>(List.of("| what | measured | aim |", "|---|---|---|"));
        table.addAll(rows);
        try {
            Files.createDirectories(FILE.getParent());
            Files.write(FILE, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        table.forEach(System.out::println);
    }

    /** {@code p50 1.2, p99 3.4, max 5.6 ms} of nanoseconds. */
    static String millis(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return "p50 %.1f, p99 %.1f, max %.1f ms"
                .formatted(
                        sorted[sorted.length / 2] / 1e6,
                        sorted[(int) (sorted.length * 0.99)] / 1e6,
                        sorted[sorted.length - 1] / 1e6);
    }
}
