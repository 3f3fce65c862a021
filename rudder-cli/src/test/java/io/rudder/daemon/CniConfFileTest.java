package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rudder.net.Ipv4Prefix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CniConfFileTest {
    private static final SubnetFile.Content CONTENT =
            new SubnetFile.Content(Ipv4Prefix.parse("10.5.0.0/16"), Ipv4Prefix.parse("10.5.34.0/24"), 1472, true);

    @TempDir
    private Path directory;

    @Test
    void givesPodsTheLeasedSubnet() throws Exception {
        Path file = directory.resolve("net.d/10-rudder.conflist");

        CniConfFile.write(file, CONTENT);

        JsonObject list = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonObject bridge = list.getAsJsonArray("plugins").get(0).getAsJsonObject();
        assertThat(list.get("name").getAsString()).isEqualTo("rudder");
        assertThat(bridge.get("mtu").getAsInt()).isEqualTo(1472);
        assertThat(bridge.get("ipMasq").getAsBoolean()).isFalse();
        assertThat(bridge.getAsJsonObject("ipam").get("subnet").getAsString()).isEqualTo("10.5.34.0/24");
    }

    @Test
    void leavesNothingBesideIt() throws Exception {
        Path file = directory.resolve("10-rudder.conflist");

        CniConfFile.write(file, CONTENT);
        CniConfFile.write(file, CONTENT);

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
    }
}
