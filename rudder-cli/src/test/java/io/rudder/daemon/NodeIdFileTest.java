package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.daemon.host.HostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdFileTest {
    @TempDir
    private Path directory;

    @Test
    void isMadeOnceAndKept() throws Exception {
        Path stateDir = directory.resolve("state");

        String first = NodeIdFile.loadOrCreate(stateDir);

        assertThat(first).matches("[0-9a-f]{32}");
        assertThat(NodeIdFile.loadOrCreate(stateDir)).isEqualTo(first);
    }

    @Test
    void differsFromHostToHost() throws Exception {
        assertThat(NodeIdFile.loadOrCreate(directory.resolve("a")))
                .isNotEqualTo(NodeIdFile.loadOrCreate(directory.resolve("b")));
    }

    @Test
    void belongsToTheOwnerAlone() throws Exception {
        NodeIdFile.loadOrCreate(directory);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("node-id"))))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0123", "0123456789abcdef0123456789abcdeg", "\u00ff\u00fe"})
    void aGarbledFileIsNotReplacedButReported(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("node-id"), text);

        assertThatThrownBy(() -> NodeIdFile.loadOrCreate(directory))
                .isInstanceOf(HostException.class)
                .hasMessage("the node id in " + file + " is garbled (expected 32 hexadecimal digits);"
                        + " restore it, or remove the file to get a new one");
        assertThat(file).hasContent(text);
    }

    @Test
    void anUnreadableFileIsReportedInOneLine() throws Exception {
        Files.createDirectory(directory.resolve("node-id"));

        assertThatThrownBy(() -> NodeIdFile.loadOrCreate(directory))
                .isInstanceOf(HostException.class)
                .hasMessageStartingWith("could not read the node id in " + directory.resolve("node-id") + ": ")
                .hasMessageEndingWith("; run rudder as root, or choose another -state-dir");
    }
}
