package io.rudder.status;

import java.time.Instant;
import java.util.Optional;

/**
 * The daemon itself.
 *
 * @param id the node's identity, 32 hexadecimal digits
 * @param hostname the host's name
 * @param version the daemon's version
 * @param startedAt when the daemon started, by the host's clock
 * @param uptimeSeconds how long it has run, by the monotonic clock
 * @param ready whether a lease is held and packets are carried
 * @param notReadyReason one line why not; empty if ready
 */
public record NodeInfo(
        String id,
        String hostname,
        String version,
        Instant startedAt,
        double uptimeSeconds,
        boolean ready,
        Optional<String> notReadyReason) {}
