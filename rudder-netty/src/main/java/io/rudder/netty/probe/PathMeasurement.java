package io.rudder.netty.probe;

import io.rudder.status.PathQuality;
import java.util.Optional;

/**
 * What probes tell of the way to one peer; immutable.
 *
 * @param state whether the peer answers
 * @param roundTripNanos smoothed over the last answers; 0 without any
 * @param lastRoundTripNanos that of the last answer; 0 without any
 * @param leastRoundTripNanos the shortest one of late; 0 without any
 * @param sent probes of the last minutes whose answer has come, or is not to be expected any more; counted from the
 *     first answer on, since whoever never answered has lost nothing
 * @param lost how many of them were not answered
 * @param pathMtuBytes the longest outer IP packet that gets through, as far as the kernel knows; 0 if it does not say
 * @param lastAnswerNanos when the last answer came, on the monotonic clock; meaningless without an answer
 */
public record PathMeasurement(
        State state,
        long roundTripNanos,
        long lastRoundTripNanos,
        long leastRoundTripNanos,
        int sent,
        int lost,
        int pathMtuBytes,
        long lastAnswerNanos) {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    /** Nothing was heard or asked. */
    static final PathMeasurement UNKNOWN = new PathMeasurement(State.NO_ANSWER_YET, 0, 0, 0, 0, 0, 0, 0);

    /** Whether the peer answers. */
    public enum State {
        /** None so far: a flannel node, a node that does not probe, or one that cannot be reached. */
        NO_ANSWER_YET,
        /** At least one of the last three probes was answered. */
        ANSWERING,
        /** Answered once, and does no more. */
        SILENT
    }

    /**
     * The measurement as status shows it; empty before the first answer.
     *
     * @param nowNanos the present, on the monotonic clock
     */
    public Optional<PathQuality> quality(long nowNanos) {
        if (state == State.NO_ANSWER_YET) {
            return Optional.empty();
        }
        return Optional.of(new PathQuality(
                state == State.ANSWERING,
                roundTripNanos / NANOS_PER_MILLI,
                leastRoundTripNanos / NANOS_PER_MILLI,
                lossRatio(),
                (nowNanos - lastAnswerNanos) / NANOS_PER_SECOND));
    }

    /** The share of lost probes, 0 to 1. */
    public double lossRatio() {
        return sent == 0 ? 0 : (double) lost / sent;
    }
}
