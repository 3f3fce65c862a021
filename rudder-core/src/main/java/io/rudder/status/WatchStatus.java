package io.rudder.status;

import java.util.OptionalDouble;

/**
 * How the peers are followed.
 *
 * @param watching whether a watch is open
 * @param appliedRevision the last revision that the peers contain
 * @param heardSecondsAgo since the store last said anything; empty before
 * @param heldRemovals peers whose removal waits to be confirmed
 */
public record WatchStatus(boolean watching, long appliedRevision, OptionalDouble heardSecondsAgo, int heldRemovals) {}
