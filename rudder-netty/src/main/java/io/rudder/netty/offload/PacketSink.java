package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.rudder.status.PeerCounters;

/** Where decapsulated packets go. Belongs to one data loop. */
public interface PacketSink {
    /**
     * Takes one IP packet out of a buffer; the caller keeps its reference to that.
     *
     * @param from counts the packet for the peer that sent it
     */
    void add(ByteBuf buffer, int offset, int length, PeerCounters from);

    /** Gives what was added to the device; called at the end of each batch. */
    void flush();

    /** Lets go of memory; nothing is added any more. */
    void release();
}
