package io.rudder.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.tunnel.TunnelDescriptors;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoredTunnelTest {
    private static Optional<TunnelDescriptors> inherited(String pid, String names) {
        return StoredTunnel.inherited(Map.of("LISTEN_PID", pid, "LISTEN_FDS", "9", "LISTEN_FDNAMES", names), 7);
    }

    @Test
    void findsDescriptorsByTheirNames() {
        TunnelDescriptors tunnel = inherited("7", "other:rudder-socket:rudder-device:rudder-device")
                .orElseThrow();
        assertThat(tunnel.sockets()).extracting(FileDescriptor::intValue).containsExactly(4);
        assertThat(tunnel.devices()).extracting(FileDescriptor::intValue).containsExactly(5, 6);
    }

    @Test
    void isForThisProcessAndHasADeviceOrThereIsNone() {
        assertThat(inherited("8", "rudder-device")).isEmpty();
        assertThat(inherited("7", "rudder-socket")).isEmpty();
        assertThat(inherited("7", "")).isEmpty();
        assertThat(StoredTunnel.inherited(Map.of(), 7)).isEmpty();
    }
}
