package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.daemon.host.HostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMarkTest {
    @TempDir
    private Path directory;

    private MachineMark machine(String id) throws IOException {
        return new MachineMark(Files.writeString(directory.resolve("machine-id"), id + "\n"));
    }

    @Test
    void theSameMachineHasTheSameNodeIdAgain() throws Exception {
        MachineMark machine = machine("0123456789abcdef0123456789abcdef");
        String nodeId = NodeIdFile.loadOrCreate(directory, machine);
        assertThat(NodeIdFile.loadOrCreate(directory, machine)).isEqualTo(nodeId);
        assertThat(directory.resolve("node-id.machine"))
                .content()
                .matches("[0-9a-f]{64}\n")
                .doesNotContain("0123456789abcdef0123456789abcdef");
    }

    @Test
    void aClonedMachineIsRefusedWithWhatToDo() throws Exception {
        NodeIdFile.loadOrCreate(directory, machine("0123456789abcdef0123456789abcdef"));
        MachineMark clone = machine("fedcba9876543210fedcba9876543210");
        assertThatThrownBy(() -> NodeIdFile.loadOrCreate(directory, clone))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("was made on another machine")
                .hasMessageContaining("remove " + directory.resolve("node-id") + " and ")
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("\n"));
    }

    @Test
    void aMachineWithoutAnIdIsNotHeldToOne() throws Exception {
        String nodeId = NodeIdFile.loadOrCreate(directory, machine("uninitialized"));
        assertThat(directory.resolve("node-id.machine")).doesNotExist();
        assertThat(NodeIdFile.loadOrCreate(directory, machine("0123456789abcdef0123456789abcdef")))
                .isEqualTo(nodeId);
    }
}
