package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.rudder.net.Ipv4;
import io.rudder.netty.offload.PacketSink;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.probe.ControlMessages;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;
import io.rudder.status.PeerCounters;
import java.net.Inet4Address;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in, last in the UDP channel's pipeline: takes datagrams from the network, and gives to the host those that a
 * peer may have sent. Belongs to the loop of its channel.
 */
final class DecapHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(DecapHandler.class);

    private final DefectLog defects = new DefectLog(log, "UDP socket");
    private final RouteSource routeSource;
    private final PacketSink sink;
    private final SegmentBatch batch;
    private final ControlMessages control;
    private final Counters counters;

    // One table and one time for a whole batch of reads; null between batches.
    private RouteTable routes;
    private long batchNanos;
    // The peer of the last packet in the batch, which is that of most next ones.
    private Peer peer;
    private PeerCounters peerCounters;

    /**
     * A handler.
     *
     * @param sink where accepted packets go
     * @param batch what sends through the same channel, to be told of sends that failed
     * @param control what takes datagrams of peers that are too short for a packet
     */
    DecapHandler(
            RouteSource routeSource, PacketSink sink, SegmentBatch batch, ControlMessages control, Counters counters) {
        this.routeSource = routeSource;
        this.sink = sink;
        this.batch = batch;
        this.control = control;
        this.counters = counters;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket datagram = (DatagramPacket) message;
        try {
            decapsulate(datagram);
        } finally {
            datagram.release();
        }
    }

    private void decapsulate(DatagramPacket datagram) {
        if (routes == null) {
            routes = routeSource.current();
            batchNanos = System.nanoTime();
        }
        ByteBuf content = datagram.content();
        int sender = Ipv4.of((Inet4Address) datagram.sender().getAddress());
        int start = content.readerIndex();
        int end = content.writerIndex();
        int segmentSize = datagram instanceof SegmentedDatagramPacket run ? run.segmentSize() : end - start;
        int offset = start;
        do {
            int length = Math.min(segmentSize, end - offset);
            decapsulate(content, offset, length, sender);
            offset += length;
        } while (offset < end);
    }

    private void decapsulate(ByteBuf buffer, int offset, int length, int sender) {
        DecapVerdict verdict = DecapVerdict.of(buffer, offset, length, sender, routes);
        if (verdict == DecapVerdict.DELIVER) {
            sink.add(buffer, offset, length, countersOfSource(Ipv4Header.source(buffer, offset)));
        } else if (verdict != DecapVerdict.CONTROL || !control.accept(buffer, offset, length, sender)) {
            counters.increment(verdict.counter());
            countDrop(sender);
        }
    }

    private PeerCounters countersOfSource(int source) {
        if (peer == null || !peer.subnet().contains(source)) {
            peer = routes.lookup(source);
            peerCounters = counters.peer(peer.subnet());
            peerCounters.seen(batchNanos);
        }
        return peerCounters;
    }

    private void countDrop(int sender) {
        Peer known = routes.peerAt(sender);
        if (known != null) {
            counters.peer(known.subnet()).dropReceived(1);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        sink.flush();
        routes = null;
        peer = null;
    }

    /** Hears of sends that failed: they are made with a void promise. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        batch.sendFailed(cause);
        defects.tell(cause);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        sink.release();
    }
}
