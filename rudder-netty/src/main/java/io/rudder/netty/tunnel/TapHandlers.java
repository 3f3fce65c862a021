package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.rudder.netty.packet.VirtioNetHeader;
import java.net.InetSocketAddress;

/** What shows one loop's packets to a tap: a handler next to the device, and one next to the socket. */
final class TapHandlers {
    private final EventLoop loop;
    private final Channel tun;
    private final Channel udp;
    private final ChannelHandler inner;
    private final ChannelHandler outer;

    TapHandlers(EventLoop loop, Channel tun, Channel udp, boolean vnetHeader, PacketTap tap) {
        this.loop = loop;
        this.tun = tun;
        this.udp = udp;
        this.inner = new Inner(tap, vnetHeader ? VirtioNetHeader.LENGTH : 0);
        this.outer = new Outer(tap);
    }

    /** On any thread, as {@link #remove}. */
    void add() {
        loop.execute(() -> {
            tun.pipeline().addFirst(inner);
            udp.pipeline().addFirst(outer);
        });
    }

    void remove() {
        loop.execute(() -> {
            removeFrom(tun, inner);
            removeFrom(udp, outer);
        });
    }

    private static void removeFrom(Channel channel, ChannelHandler handler) {
        // A channel that was closed has lost its handlers.
        if (channel.pipeline().context(handler) != null) {
            channel.pipeline().remove(handler);
        }
    }

    private static final class Inner extends ChannelDuplexHandler {
        private final PacketTap tap;
        private final int headroom;

        Inner(PacketTap tap, int headroom) {
            this.tap = tap;
            this.headroom = headroom;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            show(true, message);
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            show(false, message);
            context.write(message, promise);
        }

        private void show(boolean fromHost, Object message) {
            if (message instanceof ByteBuf packet && packet.readableBytes() > headroom) {
                tap.inner(fromHost, packet, packet.readerIndex() + headroom, packet.readableBytes() - headroom);
            }
        }
    }

    private static final class Outer extends ChannelDuplexHandler {
        private final PacketTap tap;

        Outer(PacketTap tap) {
            this.tap = tap;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof DatagramPacket datagram) {
                show(false, datagram.sender(), datagram);
            }
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof DatagramPacket datagram) {
                show(true, datagram.recipient(), datagram);
            }
            context.write(message, promise);
        }

        private void show(boolean sent, InetSocketAddress other, DatagramPacket datagram) {
            ByteBuf content = datagram.content();
            int size = datagram instanceof SegmentedDatagramPacket run ? run.segmentSize() : content.readableBytes();
            int end = content.writerIndex();
            for (int offset = content.readerIndex(); offset < end; offset += Math.max(1, size)) {
                tap.outer(sent, other, content, offset, Math.min(size, end - offset));
            }
        }
    }
}
