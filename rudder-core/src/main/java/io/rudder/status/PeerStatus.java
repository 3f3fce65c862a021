package io.rudder.status;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Another node, as this one knows it.
 *
 * @param subnet the addresses that it answers for, a.b.c.d/len
 * @param endpoint where datagrams to it go, address:port
 * @param nodeId its identity; empty for a flannel node
 * @param traffic what was carried to and from it
 * @param lastSeenSecondsAgo since a datagram of it was last accepted; empty if none was
 * @param quality what probes found; empty for a peer that answers none, and before the first answer
 * @param pathMtuBytes the largest inner packet that the path to it takes, as far as is known; 0 while
 *     no packets are carried
 */
public record PeerStatus(
        String subnet,
        String endpoint,
        Optional<String> nodeId,
        Traffic traffic,
        OptionalDouble lastSeenSecondsAgo,
        Optional<PathQuality> quality,
        int pathMtuBytes) {}
