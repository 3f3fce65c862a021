package io.rudder.daemon;

import io.rudder.daemon.host.ExternalInterface;
import io.rudder.net.Ipv4;
import io.rudder.status.UnderlayStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What does not change about a node while it runs.
 *
 * @param nodeId its identity
 * @param hostname the host's name
 * @param version the daemon's version
 * @param startedAt when it started, by the host's clock
 * @param startedNanos the same, by the monotonic clock
 * @param underlay how the other hosts are reached
 * @param port the UDP port, if it is not that of the network configuration
 * @param endpoints the members of etcd; none if leases come from a file
 * @param prefix what all keys in etcd start with; empty for a file
 * @param configKey where the configuration is, for a message
 */
record NodeFacts(
        String nodeId,
        String hostname,
        String version,
        Instant startedAt,
        long startedNanos,
        UnderlayStatus underlay,
        Optional<Integer> port,
        List<String> endpoints,
        String prefix,
        String configKey) {
    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    /** Those of a node that starts now. */
    static NodeFacts of(String nodeId, String version, ExternalInterface underlay, DaemonSettings settings) {
        String address = Ipv4.format(underlay.address());
        String publicIp = settings.underlay().publicIp().map(Ipv4::format).orElse(address);
        return new NodeFacts(
                nodeId,
                readHostname(),
                version,
                Instant.now(),
                System.nanoTime(),
                new UnderlayStatus(underlay.name(), address, publicIp, underlay.mtuBytes()),
                settings.underlay().port(),
                settings.peersFile().isPresent()
                        ? List.of()
                        : List.of(settings.etcd().endpointList().split(",")),
                settings.peersFile().isPresent() ? "" : settings.etcd().prefix(),
                settings.configKey());
    }

    double uptimeSeconds() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    private static String readHostname() {
        try {
            return Files.readString(HOSTNAME).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
