package io.rudder.status;

import java.time.Instant;

/**
 * Something that happened.
 *
 * @param at when, by the host's clock
 * @param level {@code info}, {@code warn} or {@code error}
 * @param text one line
 */
public record NodeEvent(Instant at, String level, String text) {}
