package io.rudder.netty.overlay;

import io.rudder.control.ControlThread;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One node of an overlay inside an application: its lease, its peers, its device and socket.
 *
 * <pre>{@code
 * Overlay overlay = Overlay.builder()
 *     .group(group)
 *     .leases(new StaticLeases(PeerList.of("10.5.0.0/16",
 *         PeerList.Host.of("10.5.34.0/24", "198.51.100.7"),
 *         PeerList.Host.of("10.5.71.0/24", "198.51.100.8"))))
 *     .underlay(InetAddress.getByName("198.51.100.7"))
 *     .build();
 * overlay.start();
 * overlay.ready().thenAccept(status -> ...);
 * }</pre>
 *
 * <p>All methods may be called from any thread. Futures complete on the control thread, so what follows them must not
 * block. Several overlays live side by side in one process, each with its own control thread; the device is made in the
 * network namespace of the thread that calls {@link #start}.
 */
public final class Overlay {
    private final ControlThread loop = new ControlThread();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final OverlayNode node;

    Overlay(OverlaySettings settings) {
        node = new OverlayNode(settings, loop);
    }

    /** Where an overlay is put together. */
    public static OverlayBuilder builder() {
        return new OverlayBuilder();
    }

    /**
     * Joins the overlay; waits for the source of leases as long as it takes. Once an overlay is closed it cannot be
     * started again.
     *
     * @return the node's own subnet; exceptionally an {@link OverlayException} if it cannot join
     */
    public CompletableFuture<Ipv4Prefix> start() {
        if (begun.compareAndSet(false, true)) {
            loop.execute(node::join);
        }
        return node.joined();
    }

    /** Completes when packets are carried; exceptionally with an {@link OverlayException} if that does not come about. */
    public CompletableFuture<OverlayStatus> ready() {
        return node.ready();
    }

    /** What the overlay is like now. */
    public OverlayStatus status() {
        return node.status();
    }

    /** The counters of now, of control and data path together. */
    public Map<Counter, Long> counters() {
        return node.counters();
    }

    /** Completes when everything is closed, exceptionally with an {@link OverlayException} if the node ended by itself. */
    public CompletableFuture<Void> closeFuture() {
        return node.closed();
    }

    /**
     * Ends watch and timers, closes device and socket, ends the control thread. The lease is kept, so that a restart
     * gets it back. Returns {@link #closeFuture}.
     */
    public CompletableFuture<Void> close() {
        begun.set(true);
        loop.execute(node::close);
        return node.closed();
    }
}
