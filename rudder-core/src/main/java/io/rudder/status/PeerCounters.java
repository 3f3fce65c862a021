package io.rudder.status;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one writer carried to and from one peer. Only the owning thread counts, so counting is a plain addition and an
 * ordered store; any thread reads.
 */
public final class PeerCounters {
    private static final int SENT_PACKETS = 0;
    private static final int SENT_BYTES = 1;
    private static final int SENT_DROPS = 2;
    private static final int RECEIVED_PACKETS = 3;
    private static final int RECEIVED_BYTES = 4;
    private static final int RECEIVED_DROPS = 5;
    private static final int SEEN_NANOS = 6;
    private static final int SIZE = 7;

    private final AtomicLongArray values = new AtomicLongArray(SIZE);

    PeerCounters() {}

    /** Inner packets that went to the peer, and their bytes. */
    public void sent(int packets, long bytes) {
        add(SENT_PACKETS, packets);
        add(SENT_BYTES, bytes);
    }

    /** Inner packets for the peer that were thrown away. */
    public void dropSent(int packets) {
        add(SENT_DROPS, packets);
    }

    /** Inner packets of the peer that were given to the host, and their bytes. */
    public void received(int packets, long bytes) {
        add(RECEIVED_PACKETS, packets);
        add(RECEIVED_BYTES, bytes);
    }

    /** Inner packets of the peer that were thrown away. */
    public void dropReceived(int packets) {
        add(RECEIVED_DROPS, packets);
    }

    /**
     * A datagram of the peer was accepted.
     *
     * @param nanos when, by {@link System#nanoTime}
     */
    public void seen(long nanos) {
        // 0 stands for never.
        values.setRelease(SEEN_NANOS, nanos == 0 ? 1 : nanos);
    }

    private void add(int index, long amount) {
        values.setRelease(index, values.getPlain(index) + amount);
    }

    /** What was counted so far. On any thread. */
    Traffic traffic() {
        return new Traffic(
                get(SENT_PACKETS),
                get(SENT_BYTES),
                get(SENT_DROPS),
                get(RECEIVED_PACKETS),
                get(RECEIVED_BYTES),
                get(RECEIVED_DROPS));
    }

    /** The nanoseconds since {@link #seen}, or {@link Long#MAX_VALUE} for never. On any thread. */
    long nanosSinceSeen(long nowNanos) {
        long seen = get(SEEN_NANOS);
        return seen == 0 ? Long.MAX_VALUE : Math.max(0, nowNanos - seen);
    }

    private long get(int index) {
        return values.getAcquire(index);
    }
}
