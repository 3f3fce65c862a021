package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;

/** Where decapsulated packets go. Belongs to one data loop. */
public interface PacketSink {
    /** Takes one IP packet out of a buffer; the caller keeps its reference to that. */
    void add(ByteBuf buffer, int offset, int length);

    /** Gives what was added to the device; called at the end of each batch. */
    void flush();

    /** Lets go of memory; nothing is added any more. */
    void release();
}
