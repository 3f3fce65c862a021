package io.rudder.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void alignsColumnsAlsoWhenCellsAreColoured() {
        Ink ink = new Ink(true);
        Table table = new Table(ink, "NAME", ">COUNT", "END");
        table.row("a", ink.bad("5"), "x");
        table.row("longer", "12345", "y");

        assertThat(table.lines().stream().map(line -> line.replaceAll("\033\\[[0-9]*m", "")))
                .containsExactly("NAME    COUNT  END", "a           5  x", "longer  12345  y");
    }

    @Test
    void hasNoColoursWithoutATerminal() {
        Table table = new Table(new Ink(false), "NAME");

        assertThat(table.lines()).containsExactly("NAME");
    }

    @Test
    void refusesRowsOfAnotherWidth() {
        Table table = new Table(new Ink(false), "NAME");

        assertThatIllegalArgumentException().isThrownBy(() -> table.row("a", "b"));
    }
}
