package io.rudder.daemon.capture;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.tunnel.PacketTap;
import io.rudder.netty.tunnel.Tunnel;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Copies packets from the data loops into a bounded queue, from which one thread takes them as records of a pcap file.
 * The loops never wait: what the queue does not hold is dropped and counted.
 */
public final class PacketCapture implements PacketTap, AutoCloseable {
    private static final int MAX_PACKETS = 2048;
    private static final int MAX_BYTES = 8 << 20;
    private static final byte[] NO_HEADERS = {};

    private final boolean outer;
    private final CaptureFilter filter;
    private final int snapBytes;
    private final InetSocketAddress local;
    private final Clock clock;
    private final BlockingQueue<byte[]> records = new ArrayBlockingQueue<>(MAX_PACKETS);
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private Runnable detach = () -> {};

    /**
     * A capture that is not attached yet.
     *
     * @param outer whether to take datagrams between nodes, else packets between host and overlay
     * @param snapBytes how much of each packet to keep
     * @param local this node's end of the datagrams
     */
    PacketCapture(boolean outer, CaptureFilter filter, int snapBytes, InetSocketAddress local, Clock clock) {
        this.outer = outer;
        this.filter = filter;
        this.snapBytes = snapBytes;
        this.local = local;
        this.clock = clock;
    }

    /** Begins to capture; the parameters are those of the constructor. */
    public static PacketCapture start(Tunnel tunnel, boolean outer, CaptureFilter filter, int snapBytes) {
        PacketCapture capture = new PacketCapture(outer, filter, snapBytes, tunnel.localAddress(), Clock.systemUTC());
        capture.detach = tunnel.attach(capture);
        return capture;
    }

    @Override
    public void inner(boolean fromHost, ByteBuf buffer, int offset, int length) {
        if (!outer && filter.accepts(fromHost, buffer, offset, length)) {
            add(Pcap.record(clock.instant(), NO_HEADERS, buffer, offset, length, snapBytes));
        }
    }

    @Override
    public void outer(boolean sent, InetSocketAddress other, ByteBuf payload, int offset, int length) {
        if (outer && filter.accepts(sent, payload, offset, length)) {
            byte[] headers = sent ? Pcap.headers(local, other, length) : Pcap.headers(other, local, length);
            add(Pcap.record(clock.instant(), headers, payload, offset, length, snapBytes));
        }
    }

    private void add(byte[] record) {
        // Counted before it is offered, so that whoever takes it never counts it off first.
        if (bytes.addAndGet(record.length) > MAX_BYTES || !records.offer(record)) {
            bytes.addAndGet(-record.length);
            dropped.incrementAndGet();
        }
    }

    /** The next record, to be waited for; empty if none comes in time. */
    public Optional<byte[]> poll(long millis) throws InterruptedException {
        Optional<byte[]> record = Optional.ofNullable(records.poll(millis, TimeUnit.MILLISECONDS));
        record.ifPresent(taken -> bytes.addAndGet(-taken.length));
        return record;
    }

    /** How many packets were wanted and not kept. */
    public long dropped() {
        return dropped.get();
    }

    /** Ends it; what is queued can still be taken. */
    @Override
    public void close() {
        detach.run();
    }
}
