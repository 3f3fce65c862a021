package io.rudder.cli.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of cells under a head, each column as wide as its widest cell; numbers to the right. */
final class Table {
    private static final String GAP = "  ";

    private final boolean[] right;
    private final List<List<String>> rows = new ArrayList<>();

    /** A table; a column whose name starts with {@code >} is aligned to the right. */
    Table(Ink ink, String... columns) {
        right = new boolean[columns.length];
        String[] head = new String[columns.length];
        for (int column = 0; column < columns.length; column++) {
            right[column] = columns[column].startsWith(">");
            head[column] = ink.strong(right[column] ? columns[column].substring(1) : columns[column]);
        }
        rows.add(List.of(head));
    }

    void row(String... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells (expected: " + right.length + ")");
        }
        rows.add(Arrays.asList(cells));
    }

    /** All lines, the head first. */
    List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < right.length; column++) {
            String cell = cells.get(column);
            String padding = " ".repeat(width(column) - Ink.width(cell));
            line.append(column == 0 ? "" : GAP).append(right[column] ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> Ink.width(row.get(column))).max().orElse(0);
    }
}
