package io.rudder.netty.tun;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.rudder.netty.packet.VirtioNetHeader;

/**
 * Sees every packet of a {@link TunChannel} and lets it pass or not. A packet that does not pass is gone without a word,
 * as on any network. Belongs to the event loop of its channel, so it must not block.
 *
 * <p>With offloads a packet may be a super-packet of up to 64 KiB: its addresses and ports are those of all its
 * segments, its checksums are still to be completed. Whoever changes a packet needs a channel without offloads.
 */
public abstract class PacketFilter extends ChannelDuplexHandler {
    private int headroom;

    /** For subclasses. */
    protected PacketFilter() {}

    /**
     * Whether a packet that the host sends may pass; all do unless this is overridden.
     *
     * @param packet what holds it, from {@code offset} to the writer index; to be retained for use after the call
     * @param offset the index of the IP header's first byte
     */
    protected boolean passesFromHost(ByteBuf packet, int offset) {
        return true;
    }

    /** Whether a packet for the host may pass; see {@link #passesFromHost}. */
    protected boolean passesToHost(ByteBuf packet, int offset) {
        return true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            learnHeadroom(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        learnHeadroom(context);
        context.fireChannelActive();
    }

    private void learnHeadroom(ChannelHandlerContext context) {
        boolean vnetHeader = ((TunChannelConfig) context.channel().config()).hasVnetHeader();
        headroom = vnetHeader ? VirtioNetHeader.LENGTH : 0;
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf packet = (ByteBuf) message;
        if (passesFromHost(packet, packet.readerIndex() + headroom)) {
            context.fireChannelRead(packet);
        } else {
            packet.release();
        }
    }

    @Override
    public final void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf packet = (ByteBuf) message;
        if (passesToHost(packet, packet.readerIndex() + headroom)) {
            context.write(packet, promise);
        } else {
            packet.release();
            promise.trySuccess();
        }
    }
}
