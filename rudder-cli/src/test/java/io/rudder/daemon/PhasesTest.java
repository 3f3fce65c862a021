package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.daemon.host.HostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhasesTest {
    private final Phases phases = new Phases();
    private final List<String> undone = new ArrayList<>();

    @Test
    void areUndoneInReverseOrder() {
        phases.onUndo("a", () -> undone.add("a"));
        phases.onUndo("b", () -> undone.add("b"));
        phases.onUndo("c", () -> undone.add("c"));

        phases.undoAll();

        assertThat(undone).containsExactly("c", "b", "a");
    }

    @Test
    void areUndoneThoughOthersFail() {
        phases.onUndo("a", () -> undone.add("a"));
        phases.onUndo("b", () -> {
            throw new HostException("no");
        });
        phases.onUndo("c", () -> {
            throw new IllegalStateException("a defect");
        });
        phases.onUndo("d", () -> undone.add("d"));

        phases.undoAll();

        assertThat(undone).containsExactly("d", "a");
    }

    @Test
    void areUndoneOnce() {
        phases.onUndo("a", () -> undone.add("a"));

        phases.undoAll();
        phases.undoAll();

        assertThat(undone).containsExactly("a");
    }
}
