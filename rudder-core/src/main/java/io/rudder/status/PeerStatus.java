package io.rudder.status;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Another node, as this one knows it.
 *
 * @param subnet the addresses that it answers for, a.b.c.d/len
 * @param endpoint where datagrams to it go, address:port
 * @param nodeId its identity; empty for a flannel node
 * @param reservation whether its lease never expires
 * @param traffic what was carried to and from it
 * @param lastSeenSecondsAgo since a datagram of it was last accepted; empty if none was
 * @param quality what probes found; empty for a peer that answers none, and before the first answer
 * @param pathMtuBytes the largest inner packet that the path to it takes
 */
public record PeerStatus(
        String subnet,
        String endpoint,
        Optional<String> nodeId,
        boolean reservation,
        Traffic traffic,
        OptionalDouble lastSeenSecondsAgo,
        Optional<PathQuality> quality,
        int pathMtuBytes) {}
