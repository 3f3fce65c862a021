package io.rudder.status;

/**
 * One loop that carries packets.
 *
 * @param index its number, from 0
 * @param traffic what it has carried
 */
public record QueueStatus(int index, Traffic traffic) {}
