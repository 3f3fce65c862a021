package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.status.PeerCounters;

/** Gives each packet to the device as it came: for devices without a {@code virtio_net_hdr}. */
public final class PlainSink implements PacketSink {
    private final Channel tun;
    private final Counters counters;

    /** A sink into a device. */
    public PlainSink(Channel tun, Counters counters) {
        this.tun = tun;
        this.counters = counters;
    }

    @Override
    public void add(ByteBuf buffer, int offset, int length, PeerCounters from) {
        if (!tun.isWritable()) {
            counters.increment(Counter.DECAP_DROP_QUEUE_FULL);
            from.dropReceived(1);
            return;
        }
        counters.increment(Counter.DECAP_PACKETS);
        counters.add(Counter.DECAP_BYTES, length);
        from.received(1, length);
        // At once: a packet that waits keeps the reader's buffer of 64 KiB, and each write is a system call anyway.
        boolean whole = offset == buffer.readerIndex() && length == buffer.readableBytes();
        tun.writeAndFlush(whole ? buffer.retain() : buffer.retainedSlice(offset, length), tun.voidPromise());
    }

    @Override
    public void flush() {}

    @Override
    public void release() {}
}
