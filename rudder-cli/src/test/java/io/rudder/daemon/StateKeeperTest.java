package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.config.InvalidConfigException;
import io.rudder.config.NetworkConfig;
import io.rudder.config.NetworkConfigReader;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseKeeper;
import io.rudder.lease.LeaseStatus;
import io.rudder.lease.NodeIdentity;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.node.ConfigStatus;
import io.rudder.node.ControlStatus;
import io.rudder.node.SavedState;
import io.rudder.peer.Peer;
import io.rudder.peer.WatchStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateKeeperTest {
    private static final Instant CONFIRMED = Instant.parse("2026-11-28T12:00:00Z");
    private static final NodeIdentity SELF = new NodeIdentity("1f".repeat(16), Ipv4.parse("203.0.113.1"));
    private static final Ipv4Prefix SUBNET = Ipv4Prefix.parse("10.5.1.0/24");
    private static final Peer PEER = Peer.of(Ipv4Prefix.parse("10.5.2.0/24"), Ipv4.parse("203.0.113.2"), 8285);

    @TempDir
    Path folder;

    private Path stateDir;
    private ControlStatus status = status(LeaseKeeper.State.HELD, 17, false);

    @BeforeEach
    void makeFolder() throws IOException {
        stateDir = Files.createDirectory(folder.resolve("state"));
    }

    private static ControlStatus status(LeaseKeeper.State state, long revision, boolean stale) {
        return new ControlStatus(
                new LeaseStatus(
                        state,
                        Optional.of(new Lease(SUBNET, SELF.attributes(), 1, 2, 3)),
                        CONFIRMED,
                        Optional.of(CONFIRMED),
                        Optional.empty(),
                        Optional.empty()),
                new WatchStatus(
                        WatchStatus.State.WATCHING,
                        revision,
                        1,
                        Optional.of(CONFIRMED),
                        Optional.of(CONFIRMED),
                        0,
                        Optional.empty()),
                new ConfigStatus(Optional.of(config()), Optional.empty(), false, Optional.empty()),
                List.of(PEER),
                new ControlStatus.Removals(0, 0),
                stale);
    }

    private static NetworkConfig config() {
        try {
            return NetworkConfigReader.read("{\"Network\":\"10.5.0.0/16\"}", warning -> {});
        } catch (InvalidConfigException e) {
            throw new AssertionError(e);
        }
    }

    private Path file() {
        return stateDir.resolve("state.json");
    }

    private StateKeeper start() {
        return StateKeeper.start(stateDir, SELF, () -> status);
    }

    @Test
    void whatIsSavedAtTheEndIsReadAtTheStart() throws IOException {
        start().close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        SavedState saved = StateKeeper.read(stateDir).orElseThrow();
        assertThat(saved.nodeId()).isEqualTo(SELF.nodeId());
        assertThat(saved.subnet()).isEqualTo(SUBNET);
        assertThat(saved.confirmedAt()).isEqualTo(CONFIRMED);
        assertThat(saved.revision()).isEqualTo(17);
        assertThat(saved.peers()).containsExactly(PEER);
    }

    @Test
    void aLeaseThatWasLostIsForgotten() {
        start().close();
        status = status(LeaseKeeper.State.LOST, 18, false);
        start().close();
        assertThat(file()).doesNotExist();
    }

    @Test
    void aLeaseThatIsGivenBackIsForgotten() {
        start().close();
        start().release();
        assertThat(file()).doesNotExist();
        assertThat(StateKeeper.read(stateDir)).isEmpty();
    }

    /** Otherwise a host that is offline for days would look fresh after each start. */
    @Test
    void whatComesFromAnEarlierRunIsNotSavedAgain() throws IOException {
        start().close();
        String before = Files.readString(file());
        status = status(LeaseKeeper.State.UNCONFIRMED, 99, true);
        start().close();
        assertThat(Files.readString(file())).isEqualTo(before);
    }

    @Test
    void aFileThatMakesNoSenseIsIgnored() throws IOException {
        assertThat(StateKeeper.read(stateDir)).isEmpty();
        Files.writeString(file(), "{\"nodeId\":");
        assertThat(StateKeeper.read(stateDir)).isEmpty();
    }

    @Test
    void aFolderThatIsGoneCostsTheFileOnly() throws IOException {
        StateKeeper keeper = start();
        Files.delete(stateDir);
        Files.writeString(stateDir, "in its place");
        keeper.close();
        assertThat(stateDir).isRegularFile();
    }
}
