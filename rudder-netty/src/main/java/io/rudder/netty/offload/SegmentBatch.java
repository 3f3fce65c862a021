package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packets on their way to one peer, gathered so that one call sends many: all have the length of the first, but the
 * last may be shorter. That is the form that UDP generic segmentation offload takes (udp(7), UDP_SEGMENT). A packet that
 * does not continue the run sends it off first, so packets leave in the order in which they came.
 *
 * <p>A run that the kernel refuses goes again packet by packet. If the path to the peer was the reason, its MTU is known
 * from then on and packets that do not fit go to {@link OversizePackets}; if not, the way out has no such offload, and
 * runs are not tried again.
 */
public final class SegmentBatch {
    /** UDP_MAX_SEGMENTS of linux/udp.h up to Linux 6.8; later kernels take more. */
    static final int MAX_SEGMENTS = 64;

    /** The most that one UDP send takes: 65535 less IP and UDP header. */
    public static final int MAX_BYTES = 65507;

    private static final Logger log = LoggerFactory.getLogger(SegmentBatch.class);

    private final Channel udp;
    private final Counters counters;
    private final RecycledBuffer storage;
    private final PathMtus pathMtus;
    private final DatagramSender sender;
    private final OversizePackets oversize;
    // Written by the loop alone; others look.
    private volatile boolean segmentationOffload;

    private Peer peer;
    private int segmentSize;
    private int count;
    private int end;
    private boolean complete;

    /**
     * An empty batch.
     *
     * @param udp where the datagrams go; the handlers in its pipeline pass exceptions on to {@link #sendFailed}
     * @param segmentationOffload whether to let the kernel split runs; if not, each packet is a message of its own
     */
    public SegmentBatch(
            Channel udp,
            Counters counters,
            PathMtus pathMtus,
            OversizePackets.Listener oversizeListener,
            boolean segmentationOffload) {
        this.udp = udp;
        this.counters = counters;
        this.pathMtus = pathMtus;
        this.segmentationOffload = segmentationOffload;
        this.storage = new RecycledBuffer(udp.alloc(), MAX_BYTES);
        this.sender = new DatagramSender(udp, counters);
        this.oversize = new OversizePackets(sender, udp.alloc(), pathMtus, counters, oversizeListener);
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

    /** Sends what has been gathered, or drops and counts it if the socket does not keep up. */
    public void flush() {
        if (count == 0) {
            return;
        }
        int packets = count;
        count = 0;
        if (!udp.isWritable()) {
            counters.add(Counter.ENCAP_DROP_QUEUE_FULL, packets);
            counters.peer(peer.subnet()).dropSent(packets);
            return;
        }
        boolean asRun = packets > 1 && segmentationOffload && segmentSize <= pathMtus.limit(peer);
        if (!asRun || !sendRun(packets)) {
            for (int offset = 0; offset < end; offset += segmentSize) {
                sendOne(offset, Math.min(segmentSize, end - offset));
            }
        }
    }

    private boolean sendRun(int packets) {
        ByteBuf run = storage.buffer().setIndex(0, end);
        int error = sender.send(new SegmentedDatagramPacket(run.retain(), segmentSize, peer.endpoint()));
        if (error == DatagramSender.SENT) {
            sender.countSent(peer, packets, end);
            return true;
        }
        if (!pathMtus.learn(peer, segmentSize) && refusesRuns(error)) {
            segmentationOffload = false;
            log.info("the way out refuses UDP segmentation offload (error {}): sending one by one", -error);
        }
        return false;
    }

    private static boolean refusesRuns(int error) {
        // EIO, EINVAL, EOPNOTSUPP: what kernels answer where the route or the device has no such offload.
        return error == -5 || error == -22 || error == -95;
    }

    private void sendOne(int offset, int length) {
        if (length > pathMtus.limit(peer)) {
            oversize.send(storage.buffer(), offset, peer);
            return;
        }
        ByteBuf packets = storage.buffer();
        ByteBuf packet = length == end ? packets.setIndex(0, end).retain() : packets.retainedSlice(offset, length);
        int error = sender.send(new DatagramPacket(packet, peer.endpoint()));
        if (error == DatagramSender.SENT) {
            sender.countSent(peer, 1, length);
        } else if (error == DatagramSender.TOO_LONG && pathMtus.learn(peer, length)) {
            oversize.send(storage.buffer(), offset, peer);
        } else {
            sender.countRefused(peer);
        }
    }

    /** Tells that the kernel refused a datagram. */
    public void sendFailed(Throwable cause) {
        sender.sendFailed(cause);
    }

    /** Whether runs are still sent as such. On any thread. */
    public boolean usesSegmentationOffload() {
        return segmentationOffload;
    }

    /** Drops what has been gathered and lets go of the memory. */
    public void release() {
        count = 0;
        storage.release();
    }
}
