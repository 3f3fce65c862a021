package io.rudder.netty.probe;

import io.rudder.netty.probe.PathMeasurement.State;
import java.net.InetSocketAddress;

/** The probes to one peer and what became of them. Belongs to the first data loop, but for {@link #measurement}. */
final class PeerPath {
    private static final int SILENT_AFTER = 3;
    // RFC 6298's weight of a new sample of the round trip: 1/8.
    private static final int SMOOTHING_SHIFT = 3;

    private final InetSocketAddress endpoint;
    private int sequence;
    private long sentNanos;
    private boolean waiting;

    private boolean answered;
    private int unansweredInRow;
    // One bit a probe, the newest lowest; set if it was lost.
    private long losses;
    private int settled;
    private int window = 1;
    private long smoothedNanos;
    private long lastNanos;
    private final RecentMinimum least = new RecentMinimum();
    private long lastAnswerNanos;
    private int pathMtuBytes;
    private volatile PathMeasurement measurement = PathMeasurement.UNKNOWN;

    PeerPath(InetSocketAddress endpoint) {
        this.endpoint = endpoint;
    }

    InetSocketAddress endpoint() {
        return endpoint;
    }

    /**
     * Notes that a probe goes out now; one that is still unanswered is lost by that.
     *
     * @param windowProbes over how many probes loss is counted, at most 64
     * @return the probe's sequence number
     */
    int sent(long nowNanos, int windowProbes, int kernelMtuBytes) {
        window = windowProbes;
        if (waiting) {
            settle(true);
        }
        waiting = true;
        sentNanos = nowNanos;
        pathMtuBytes = kernelMtuBytes;
        publish();
        return ++sequence;
    }

    /**
     * Takes an answer.
     *
     * @return whether it answers the last probe; another one is late, a duplicate or made up
     */
    boolean answered(int answeredSequence, long timestamp, long nowNanos) {
        if (!waiting || answeredSequence != sequence || timestamp != sentNanos) {
            return false;
        }
        waiting = false;
        lastNanos = nowNanos - sentNanos;
        smoothedNanos = answered ? smoothedNanos + ((lastNanos - smoothedNanos) >> SMOOTHING_SHIFT) : lastNanos;
        least.add(lastNanos, window);
        lastAnswerNanos = nowNanos;
        answered = true;
        settle(false);
        publish();
        return true;
    }

    private void settle(boolean lost) {
        unansweredInRow = lost ? unansweredInRow + 1 : 0;
        if (answered) {
            losses = losses << 1 | (lost ? 1 : 0);
            settled = Math.min(Long.SIZE, settled + 1);
        }
    }

    private void publish() {
        int counted = Math.min(window, settled);
        long mask = counted == Long.SIZE ? -1 : (1L << counted) - 1;
        measurement = new PathMeasurement(
                state(),
                smoothedNanos,
                lastNanos,
                answered ? least.get() : 0,
                counted,
                Long.bitCount(losses & mask),
                pathMtuBytes,
                lastAnswerNanos);
    }

    private State state() {
        if (!answered) {
            return State.NO_ANSWER_YET;
        }
        return unansweredInRow < SILENT_AFTER ? State.ANSWERING : State.SILENT;
    }

    /** What is known now. On any thread. */
    PathMeasurement measurement() {
        return measurement;
    }
}
