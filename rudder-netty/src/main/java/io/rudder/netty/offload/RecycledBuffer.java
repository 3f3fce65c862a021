package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * A direct buffer that is used again as soon as whoever it was handed to has released it. Its size is beyond what
 * Netty's allocators keep in their thread caches, or not worth an object for each use. Belongs to one thread.
 */
public final class RecycledBuffer {
    private final ByteBufAllocator allocator;
    private final int capacity;
    private ByteBuf buffer;

    /** A buffer of a fixed capacity in bytes. */
    public RecycledBuffer(ByteBufAllocator allocator, int capacity) {
        this.allocator = allocator;
        this.capacity = capacity;
        renew();
    }

    private void renew() {
        buffer = allocator.directBuffer(capacity, capacity);
    }

    /** Makes the buffer ready to be filled; what the last one was filled with may still be on its way. */
    public ByteBuf acquire() {
        if (buffer.refCnt() > 1) {
            ByteBuf old = buffer;
            // First: if there is no memory, the old one is still there to be asked for again.
            renew();
            old.release();
        }
        return buffer.clear();
    }

    /** The buffer of the last {@link #acquire}. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Lets go of the memory. */
    public void release() {
        buffer.release();
    }
}
