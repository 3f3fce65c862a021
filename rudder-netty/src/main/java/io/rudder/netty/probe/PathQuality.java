package io.rudder.netty.probe;

/**
 * What probes tell of the way to one peer; immutable.
 *
 * @param state whether the peer answers
 * @param roundTripNanos smoothed over the last answers; 0 without any
 * @param lastRoundTripNanos that of the last answer; 0 without any
 * @param sent probes of the last minutes whose answer has come, or is not to be expected any more; counted from the
 *     first answer on, since whoever never answered has lost nothing
 * @param lost how many of them were not answered
 * @param pathMtuBytes the longest outer IP packet that gets through, as far as the kernel knows; 0 if it does not say
 * @param lastAnswerNanos when the last answer came, on the monotonic clock; meaningless without an answer
 */
public record PathQuality(
        State state,
        long roundTripNanos,
        long lastRoundTripNanos,
        int sent,
        int lost,
        int pathMtuBytes,
        long lastAnswerNanos) {

    /** Nothing was heard or asked. */
    static final PathQuality UNKNOWN = new PathQuality(State.NO_ANSWER_YET, 0, 0, 0, 0, 0, 0);

    /** Whether the peer answers. */
    public enum State {
        /** None so far: a flannel node, a node that does not probe, or one that cannot be reached. */
        NO_ANSWER_YET,
        /** At least one of the last three probes was answered. */
        ANSWERING,
        /** Answered once, and does no more. */
        SILENT
    }

    /** The share of lost probes, 0 to 1. */
    public double lossRatio() {
        return sent == 0 ? 0 : (double) lost / sent;
    }

    /** Whether an answer ever came, so that round trip and loss have a meaning. */
    public boolean hasAnswered() {
        return state != State.NO_ANSWER_YET;
    }
}
