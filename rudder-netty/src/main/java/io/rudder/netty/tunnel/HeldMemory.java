package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.MessageSizeEstimator;

/**
 * Counts a message that waits to be sent by the memory that it holds, not by its bytes: a small packet holds the whole
 * buffer that it lies in, and what may wait is bounded by memory.
 */
final class HeldMemory implements MessageSizeEstimator {
    // No message of the data path is larger; an allocator may have it in a chunk of its own.
    private static final int MAX_BYTES = 65536;

    @Override
    public Handle newHandle() {
        return HeldMemory::bytes;
    }

    private static int bytes(Object message) {
        return message instanceof ByteBufHolder holder ? capacity(holder.content()) : 0;
    }

    private static int capacity(ByteBuf content) {
        ByteBuf whole = content;
        while (whole.unwrap() != null) {
            whole = whole.unwrap();
        }
        return Math.min(whole.capacity(), MAX_BYTES);
    }
}
