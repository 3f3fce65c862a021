package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Reads into the same buffer again and again as long as handlers are done with a packet before the next is read, which
 * those of the overlay are. Its size is beyond what Netty's allocator keeps in its thread caches.
 */
final class ReusingBufferAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
    // A handle hears of no end, so its buffer must be one that the garbage collector can free.
    private final ByteBufAllocator collected = new UnpooledByteBufAllocator(true, true, false);
    private final int capacity;
    private final int maxBytesPerRead;

    /**
     * Buffers for a channel.
     *
     * @param maxMessagesPerRead how many messages a turn of the loop takes at the most
     * @param maxBytesPerRead after how many bytes a turn ends
     */
    ReusingBufferAllocator(int capacity, int maxMessagesPerRead, int maxBytesPerRead) {
        super(maxMessagesPerRead);
        this.capacity = capacity;
        this.maxBytesPerRead = maxBytesPerRead;
    }

    @Override
    @SuppressWarnings("deprecation") // RecvByteBufAllocator.Handle is what the interface asks for.
    public RecvByteBufAllocator.Handle newHandle() {
        return new ReusingHandle();
    }

    private final class ReusingHandle extends MaxMessageHandle {
        private ByteBuf buffer;
        private int bytesRead;

        @Override
        public void reset(ChannelConfig config) {
            super.reset(config);
            bytesRead = 0;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            // What was read last is still in the buffer, where its reader has put it.
            bytesRead += buffer.writerIndex();
            return bytesRead < maxBytesPerRead && super.continueReading(maybeMore);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator ignored) {
            if (buffer == null || buffer.refCnt() != 1) {
                ByteBuf old = buffer;
                // First: if there is no memory, the old one is still there to be asked for again.
                buffer = collected.directBuffer(capacity, capacity);
                if (old != null) {
                    old.release();
                }
            }
            return buffer.clear().retain();
        }

        @Override
        public int guess() {
            return capacity;
        }
    }
}
