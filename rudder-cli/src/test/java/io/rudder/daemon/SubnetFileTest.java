package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.daemon.host.HostException;
import io.rudder.net.Ipv4Prefix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetFileTest {
    private static final SubnetFile.Content CONTENT = content("10.0.34.0/24", false);

    @TempDir
    private Path directory;

    @Test
    void writesTheFourLines() throws Exception {
        Path file = directory.resolve("deep/er/subnet.env");

        new SubnetFile(file).write(CONTENT);

        assertThat(file).hasContent("""
                RUDDER_NETWORK=10.0.0.0/16
                RUDDER_SUBNET=10.0.34.1/24
                RUDDER_MTU=1472
                RUDDER_IPMASQ=false
                """);
        assertThat(Files.readString(file)).endsWith("=false\n");
    }

    @Test
    void isReadableByEverybody() throws Exception {
        Path file = directory.resolve("subnet.env");

        new SubnetFile(file).write(CONTENT);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void leavesNoTemporaryFileAndReplacesThatOfACrash() throws Exception {
        Path file = directory.resolve("subnet.env");
        Files.writeString(directory.resolve(".subnet.env.tmp"), "RUDDER_NETW");

        new SubnetFile(file).write(CONTENT);

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void neverShowsAPartialFile() throws Exception {
        SubnetFile file = new SubnetFile(directory.resolve("subnet.env"));
        SubnetFile.Content other = content("10.0.255.0/24", true);
        file.write(CONTENT);
        AtomicBoolean isDone = new AtomicBoolean();
        Thread writer = new Thread(() -> rewrite(file, other, isDone));
        writer.start();

        while (!isDone.get()) {
            assertThat(Files.readString(directory.resolve("subnet.env"))).isIn(CONTENT.text(), other.text());
        }
        writer.join();
    }

    @Test
    void aFailureLeavesTheOldFileAndNamesTheReason() throws Exception {
        Path occupied = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> new SubnetFile(occupied.resolve("subnet.env")).write(CONTENT))
                .isInstanceOf(HostException.class)
                .hasMessage("could not write " + occupied + "/subnet.env: a file is in the way");
    }

    @Test
    void readsBackWhatItWrote() throws Exception {
        SubnetFile file = new SubnetFile(directory.resolve("subnet.env"));
        file.write(CONTENT);

        assertThat(file.read()).contains(CONTENT);
    }

    @Test
    void hasNothingToReadAtFirst() {
        assertThat(new SubnetFile(directory.resolve("subnet.env")).read()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\0\0\0\0",
                "RUDDER_NETWORK=10.0.0.0/16\n",
                "RUDDER_NETWORK=10.0.0.0/16\nRUDDER_SUBNET=\nRUDDER_MTU=1472\nRUDDER_IPMASQ=false\n",
                "RUDDER_NETWORK=10.0.0.0/16\nRUDDER_SUBNET=10.0.34.1/24\nRUDDER_MTU=big\nRUDDER_IPMASQ=false\n",
                "RUDDER_NETWORK=10.0.0.0/16\nRUDDER_SUBNET=10.1.34.1/24\nRUDDER_MTU=1472\nRUDDER_IPMASQ=false\n",
            })
    void ignoresWhatIsNoSubnetFile(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("subnet.env"), text);

        assertThat(new SubnetFile(file).read()).isEmpty();
    }

    private static void rewrite(SubnetFile file, SubnetFile.Content other, AtomicBoolean isDone) {
        try {
            for (int i = 0; i < 100; i++) {
                file.write(i % 2 == 0 ? other : CONTENT);
            }
        } catch (HostException e) {
            throw new AssertionError(e);
        } finally {
            isDone.set(true);
        }
    }

    private static SubnetFile.Content content(String subnet, boolean ipMasq) {
        return new SubnetFile.Content(Ipv4Prefix.parse("10.0.0.0/16"), Ipv4Prefix.parse(subnet), 1472, ipMasq);
    }
}
