package io.rudder.status;

import java.util.OptionalDouble;

/**
 * What was carried to and from one peer since the tunnel was opened, or since the peer was last new.
 *
 * @param traffic packets and bytes each way
 * @param lastSeenSecondsAgo since a datagram of it was last accepted; empty if none was
 */
public record PeerTraffic(Traffic traffic, OptionalDouble lastSeenSecondsAgo) {
    /** Nothing yet. */
    public static final PeerTraffic NONE = new PeerTraffic(Traffic.NONE, OptionalDouble.empty());
}
