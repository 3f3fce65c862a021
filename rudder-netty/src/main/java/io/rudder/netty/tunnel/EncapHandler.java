package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.rudder.netty.offload.PathMtus;
import io.rudder.netty.offload.SegmentBatch;
import io.rudder.netty.offload.Segmenter;
import io.rudder.netty.packet.IcmpError;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.VirtioNetHeader;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out, last in the TUN channel's pipeline: takes the packets of the host, and sends them to the peers that
 * answer for their destinations. Belongs to the loop of its channel.
 */
final class EncapHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(EncapHandler.class);

    private final DefectLog defects = new DefectLog(log, "TUN device");
    private final RouteSource routeSource;
    private final PathMtus pathMtus;
    private final SegmentBatch batch;
    private final Segmenter segmenter;
    private final IcmpResponder icmp;
    private final Counters counters;
    private final int headroom;

    // One table for a whole batch of reads; null between batches.
    private RouteTable routes;

    /**
     * A handler.
     *
     * @param vnetHeader whether messages start with a {@code virtio_net_hdr}
     */
    EncapHandler(
            RouteSource routeSource,
            SegmentBatch batch,
            PathMtus pathMtus,
            IcmpResponder icmp,
            Counters counters,
            boolean vnetHeader) {
        this.routeSource = routeSource;
        this.pathMtus = pathMtus;
        this.batch = batch;
        this.segmenter = new Segmenter(batch);
        this.icmp = icmp;
        this.counters = counters;
        this.headroom = vnetHeader ? VirtioNetHeader.LENGTH : 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        try {
            encapsulate(buffer);
        } finally {
            buffer.release();
        }
    }

    private void encapsulate(ByteBuf message) {
        if (routes == null) {
            routes = routeSource.current();
        }
        int offset = message.readerIndex() + headroom;
        int length = message.readableBytes() - headroom;
        Peer peer = null;
        EncapVerdict verdict = EncapVerdict.ofShape(message, offset, length);
        if (verdict == EncapVerdict.FORWARD) {
            peer = routes.lookup(Ipv4Header.destination(message, offset));
            verdict = EncapVerdict.ofRoute(message, offset, routes, peer);
        }
        if (verdict == EncapVerdict.FORWARD) {
            Ipv4Header.decrementTimeToLive(message, offset);
            send(message, offset, length, peer);
        } else {
            drop(verdict, message, offset, length, peer);
        }
    }

    private void send(ByteBuf message, int offset, int length, Peer peer) {
        int limit = pathMtus.limit(peer);
        boolean sent = headroom == 0 ? sendWhole(message, offset, length, peer) : segmenter.send(message, peer, limit);
        if (!sent) {
            counters.increment(Counter.ENCAP_DROP_MALFORMED);
            counters.peer(peer.subnet()).dropSent(1);
        } else if (segmenter.cutToLimit()) {
            // Nothing is lost, but the sender's own segments would fit from now on.
            icmp.fragmentationNeeded(routes, message, offset, length, limit);
        }
    }

    private boolean sendWhole(ByteBuf message, int offset, int length, Peer peer) {
        if (length > SegmentBatch.MAX_BYTES) {
            return false;
        }
        int slot = batch.reserve(peer, length);
        batch.buffer().setBytes(slot, message, offset, length);
        return true;
    }

    private void drop(EncapVerdict verdict, ByteBuf message, int offset, int length, Peer peer) {
        counters.increment(verdict.counter());
        if (peer != null) {
            counters.peer(peer.subnet()).dropSent(1);
        }
        if (verdict == EncapVerdict.NO_ROUTE) {
            icmp.respond(IcmpError.NET_UNREACHABLE, routes, message, offset, length);
        } else if (verdict == EncapVerdict.TTL_EXPIRED) {
            icmp.respond(IcmpError.TIME_EXCEEDED, routes, message, offset, length);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        batch.flush();
        routes = null;
    }

    /** Hears of refused writes to the device, too: they are made with a void promise. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        counters.increment(Counter.DECAP_DROP_TUN_REFUSED);
        defects.tell(cause);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        batch.release();
    }
}
