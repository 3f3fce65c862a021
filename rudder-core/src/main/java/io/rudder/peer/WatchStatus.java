package io.rudder.peer;

import java.time.Instant;
import java.util.Optional;

/**
 * How a node stands with the registry, at one moment. Immutable, for any thread.
 *
 * @param state the state
 * @param revision the last revision that the node knows of; 0 before the first list
 * @param clusterId the identity of the etcd cluster; 0 before the first list
 * @param watchingSince since when the present watch runs; empty while there is none
 * @param listedAt when the last full list was taken
 * @param restarts how many watches ended and were started again
 * @param lastError one line on the last failure, also if it is over
 */
public record WatchStatus(
        State state,
        long revision,
        long clusterId,
        Optional<Instant> watchingSince,
        Optional<Instant> listedAt,
        long restarts,
        Optional<String> lastError) {
    /** How a node stands with the registry. */
    public enum State {
        /** There has been no list yet. */
        CONNECTING,
        /** A watch runs. */
        WATCHING,
        /** There was a list, and there is no watch now. */
        OUT_OF_TOUCH
    }

    /** Before the first list. */
    public static WatchStatus connecting(Optional<String> lastError) {
        return new WatchStatus(State.CONNECTING, 0, 0, Optional.empty(), Optional.empty(), 0, lastError);
    }
}
