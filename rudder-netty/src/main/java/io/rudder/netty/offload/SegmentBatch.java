package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.nio.ByteBuffer;

/**
 * Packets on their way to one peer, gathered so that one call sends many: all have the length of the first, but the
 * last may be shorter. That is the form that UDP generic segmentation offload takes (udp(7), UDP_SEGMENT). A packet that
 * does not continue the run sends it off first, so packets leave in the order in which they came.
 */
public final class SegmentBatch {
    /** UDP_MAX_SEGMENTS of linux/udp.h up to Linux 6.8; later kernels take more. */
    static final int MAX_SEGMENTS = 64;

    /** The most that one UDP send takes: 65535 less IP and UDP header. */
    public static final int MAX_BYTES = 65507;

    private final Channel udp;
    private final Counters counters;
    private final RecycledBuffer storage;
    private final boolean segmentationOffload;

    private Peer peer;
    private int segmentSize;
    private int count;
    private int end;
    private boolean complete;
    private boolean sendFailed;

    /**
     * An empty batch.
     *
     * @param udp where the datagrams go
     * @param segmentationOffload whether the kernel splits runs; if not, each packet is a message of its own
     */
    public SegmentBatch(Channel udp, Counters counters, boolean segmentationOffload) {
        this.udp = udp;
        this.counters = counters;
        this.segmentationOffload = segmentationOffload;
        this.storage = new RecycledBuffer(udp.alloc(), MAX_BYTES);
    }

    /**
     * Makes room for a packet, which the caller then writes into {@link #buffer()}.
     *
     * @param length of the packet in bytes, 1 to {@link #MAX_BYTES}
     * @return the packet's offset in the buffer
     */
    public int reserve(Peer to, int length) {
        if (count > 0 && !continues(to, length)) {
            flush();
        }
        if (count == 0) {
            storage.acquire();
            peer = to;
            segmentSize = length;
            end = 0;
            complete = false;
        }
        complete |= length < segmentSize;
        count++;
        int offset = end;
        end += length;
        return offset;
    }

    private boolean continues(Peer to, int length) {
        return !complete && to == peer && length <= segmentSize && count < MAX_SEGMENTS && end + length <= MAX_BYTES;
    }

    /** Where reserved packets are. */
    public ByteBuf buffer() {
        return storage.buffer();
    }

    /** The memory of {@link #buffer()} in the machine's byte order. */
    ByteBuffer words() {
        return storage.words();
    }

    /** Sends what has been gathered, or drops and counts it if the socket does not keep up. */
    public void flush() {
        if (count == 0) {
            return;
        }
        int packets = count;
        count = 0;
        if (!udp.isWritable()) {
            counters.add(Counter.ENCAP_DROP_QUEUE_FULL, packets);
            return;
        }
        ByteBuf buffer = storage.buffer().setIndex(0, end);
        sendFailed = false;
        if (packets == 1) {
            udp.write(new DatagramPacket(buffer.retain(), peer.endpoint()), udp.voidPromise());
        } else if (segmentationOffload) {
            udp.write(new SegmentedDatagramPacket(buffer.retain(), segmentSize, peer.endpoint()), udp.voidPromise());
        } else {
            writeOneByOne(buffer);
        }
        udp.flush();
        count(packets);
    }

    private void writeOneByOne(ByteBuf buffer) {
        for (int offset = 0; offset < end; offset += segmentSize) {
            ByteBuf packet = buffer.retainedSlice(offset, Math.min(segmentSize, end - offset));
            udp.write(new DatagramPacket(packet, peer.endpoint()), udp.voidPromise());
        }
    }

    private void count(int packets) {
        if (sendFailed) {
            counters.add(Counter.ENCAP_DROP_SEND_FAILED, packets);
        } else {
            counters.add(Counter.ENCAP_PACKETS, packets);
            counters.add(Counter.ENCAP_BYTES, end);
        }
    }

    /** Tells that the kernel refused what is being sent; writes with a void promise fail into the pipeline. */
    public void sendFailed(Throwable cause) {
        sendFailed = true;
    }

    /** Drops what has been gathered and lets go of the memory. */
    public void release() {
        count = 0;
        storage.release();
    }
}
