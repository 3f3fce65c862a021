package io.rudder.netty.overlay;

import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A running data path. All methods may be called from any thread. */
public final class Overlay {
    Overlay() {}

    /** The name of the TUN device, as the kernel gave it. */
    public String tunName() {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Carries packets by these routes from the next batch on; until the first call nothing is carried. */
    public void routes(RouteTable routes) {}

    /** The counters at this moment. */
    public Map<Counter, Long> counters() {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Completes when the data path is closed, exceptionally if it failed by itself. */
    public CompletableFuture<Void> closeFuture() {
        throw new UnsupportedOperationException("not written yet");
    }

    /** Closes the device, which removes it, and the socket; returns {@link #closeFuture}. */
    public CompletableFuture<Void> close() {
        throw new UnsupportedOperationException("not written yet");
    }
}
