package io.rudder.status;

import java.util.OptionalDouble;

/**
 * How the peers are followed.
 *
 * @param state {@code connecting} (no list yet), {@code watching} or {@code out_of_touch}
 * @param watchingSeconds how long the present watch has run; empty while there is none
 * @param listedSecondsAgo since the last full list; empty before
 * @param restarts how many watches ended and were started again
 * @param lingeringRemovals peers that were removed just now, and are routed for a moment still
 * @param heldRemovals peers that were removed with so many others that a second list has to confirm it
 * @param stale whether the peers are those of an earlier run, because the store has not been heard of in this one
 */
public record WatchStatus(
        String state,
        OptionalDouble watchingSeconds,
        OptionalDouble listedSecondsAgo,
        long restarts,
        int lingeringRemovals,
        int heldRemovals,
        boolean stale) {}
