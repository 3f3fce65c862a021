package io.rudder.netty.testing;

import io.rudder.netty.offload.OversizePackets;
import io.rudder.netty.offload.PathMtus;

/** Ways to peers that take whatever fits the device. */
public final class Paths {
    /** For senders that nothing is to be told. */
    public static final OversizePackets.Listener NOBODY = (packet, offset, length, limit) -> {
        throw new AssertionError("a packet of " + length + " bytes was too big for its path");
    };

    private Paths() {}

    /** Of which nothing is known. */
    public static PathMtus wide() {
        return new PathMtus(System::nanoTime, address -> 0);
    }
}
