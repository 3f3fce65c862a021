package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.rudder.netty.packet.Ipv4Fragmenter;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import io.rudder.status.Counters;

/**
 * Packets that are too big for the path to their peer: cut into fragments where their senders allow it, dropped and
 * reported where not, as any router does (RFC 791, RFC 1191). Belongs to one data loop.
 */
public final class OversizePackets {
    private final DatagramSender sender;
    private final ByteBufAllocator allocator;
    private final PathMtus pathMtus;
    private final Counters counters;
    private final Listener listener;
    private final FragmentOutput output = new FragmentOutput();

    OversizePackets(
            DatagramSender sender,
            ByteBufAllocator allocator,
            PathMtus pathMtus,
            Counters counters,
            Listener listener) {
        this.sender = sender;
        this.allocator = allocator;
        this.pathMtus = pathMtus;
        this.counters = counters;
        this.listener = listener;
    }

    /** Hears of packets that are dropped. */
    @FunctionalInterface
    public interface Listener {
        /** A packet must not be fragmented; its sender should know that {@code limit} bytes would do. */
        void onTooBig(ByteBuf packet, int offset, int length, int limit);
    }

    void send(ByteBuf packet, int offset, Peer peer) {
        int limit = pathMtus.limit(peer);
        if ((packet.getUnsignedShort(offset + Ipv4Header.FRAGMENT) & Ipv4Header.DONT_FRAGMENT) != 0) {
            counters.increment(Counter.ENCAP_DROP_TOO_BIG);
            counters.peer(peer.subnet()).dropSent(1);
            listener.onTooBig(packet, offset, Ipv4Header.totalLength(packet, offset), limit);
            return;
        }
        counters.increment(Counter.ENCAP_FRAGMENTED);
        output.peer = peer;
        Ipv4Fragmenter.fragment(packet, offset, limit, output);
        output.sendLast();
    }

    /** Gives each fragment a buffer of its own and sends it when the next one is asked for. */
    private final class FragmentOutput implements Ipv4Fragmenter.Output {
        private Peer peer;
        private ByteBuf fragment;

        @Override
        public int reserve(int length) {
            sendLast();
            fragment = allocator.directBuffer(length).setIndex(0, length);
            return 0;
        }

        @Override
        public ByteBuf buffer() {
            return fragment;
        }

        void sendLast() {
            if (fragment == null) {
                return;
            }
            int length = fragment.readableBytes();
            int error = sender.send(new DatagramPacket(fragment, peer.endpoint()));
            fragment = null;
            if (error == DatagramSender.SENT) {
                sender.countSent(peer, 1, length);
                return;
            }
            sender.countRefused(peer);
            if (error == DatagramSender.TOO_LONG) {
                // The path has got narrower still: this packet is lost, the next one is cut smaller.
                pathMtus.learn(peer, length);
            }
        }
    }
}
