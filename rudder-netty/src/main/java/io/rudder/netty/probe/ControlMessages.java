package io.rudder.netty.probe;

import io.netty.buffer.ByteBuf;

/** Takes the datagrams that are shorter than an IP header and come from the address of a live lease. */
@FunctionalInterface
public interface ControlMessages {
    /** Takes none. */
    ControlMessages NONE = (buffer, offset, length, sender) -> false;

    /**
     * Takes a datagram's payload, which is only lent. On the data loop that received it.
     *
     * @param sender the outer source address
     * @return whether it was one that this receiver knows
     */
    boolean accept(ByteBuf buffer, int offset, int length, int sender);
}
