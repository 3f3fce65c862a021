package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.rudder.netty.packet.InternetChecksum;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.TcpHeader;
import io.rudder.netty.packet.UdpHeader;
import io.rudder.netty.packet.VirtioNetHeader;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import io.rudder.status.PeerCounters;

/**
 * Joins consecutive packets of one TCP or UDP flow to super-packets, for which the host's stack does its work once: what
 * the kernel's own GRO does. One super-packet is open at a time; whatever does not continue it sends it off first, so
 * packets reach the device in the order in which they came. Only packets with correct checksums are joined, and only if
 * cutting the super-packet would give the same packets again.
 */
public final class Coalescer implements PacketSink {
    private static final int MAX_PACKET = 65535;
    private static final int PACKET = VirtioNetHeader.LENGTH;
    private static final int MAX_SEGMENTS = 64;

    private final Channel tun;
    private final Counters counters;
    private final boolean joinsUdp;
    private final RecycledBuffer storage;

    // The open super-packet. Offsets in the buffer; the IP header starts at PACKET.
    private int segments;
    private int end;
    private int headerLength;
    private int gsoSize;
    private boolean tcp;
    private boolean closed;
    private PeerCounters peer;
    private final NextSegment next = new NextSegment();

    /**
     * A sink into a device that expects a {@code virtio_net_hdr}.
     *
     * @param joinsUdp whether the kernel takes super-packets of UDP (since Linux 6.2); it refuses them otherwise
     */
    public Coalescer(Channel tun, Counters counters, boolean joinsUdp) {
        this.tun = tun;
        this.counters = counters;
        this.joinsUdp = joinsUdp;
        this.storage = new RecycledBuffer(tun.alloc(), PACKET + MAX_PACKET);
    }

    @Override
    public void add(ByteBuf buffer, int offset, int length, PeerCounters from) {
        if (segments > 0 && (closed || !join(buffer, offset, length))) {
            flush();
        }
        if (segments == 0) {
            open(buffer, offset, length);
            peer = from;
        }
    }

    // ---- the first packet

    private void open(ByteBuf packet, int start, int length) {
        ByteBuf out = storage.acquire();
        out.setBytes(PACKET, packet, start, length);
        segments = 1;
        end = PACKET + length;
        closed = !startsSuperPacket(out, length);
        if (!closed) {
            next.follow(out, PACKET, headerLength);
            next.advance(gsoSize);
        }
    }

    /** Whether further packets may be joined to the one at {@link #PACKET}; notes what they must look like. */
    private boolean startsSuperPacket(ByteBuf out, int length) {
        int protocol = Ipv4Header.protocol(out, PACKET);
        tcp = protocol == Ipv4Header.PROTOCOL_TCP;
        if (!tcp && !(joinsUdp && protocol == Ipv4Header.PROTOCOL_UDP)
                || Ipv4Header.headerLength(out, PACKET) != Ipv4Header.MIN_LENGTH
                || Ipv4Header.isFragment(out, PACKET)
                || length < Ipv4Header.MIN_LENGTH + (tcp ? TcpHeader.MIN_LENGTH : UdpHeader.LENGTH)) {
            return false;
        }
        int transport = PACKET + Ipv4Header.MIN_LENGTH;
        headerLength = Ipv4Header.MIN_LENGTH + (tcp ? TcpHeader.length(out, transport) : UdpHeader.LENGTH);
        gsoSize = length - headerLength;
        return (tcp ? startsTcp(out, transport) : startsUdp(out, transport, length))
                && gsoSize > 0
                && InternetChecksum.sumOfHeader(out, PACKET, Ipv4Header.MIN_LENGTH) == 0xffff
                && checksumIsValid(PACKET, length);
    }

    private boolean startsTcp(ByteBuf out, int transport) {
        return headerLength >= Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH
                // A PSH ends a super-packet, so one that starts with it has one segment.
                && out.getUnsignedByte(transport + TcpHeader.FLAGS) == TcpHeader.ACK
                && (out.getByte(transport + TcpHeader.DATA_OFFSET) & 0xf) == 0;
    }

    private static boolean startsUdp(ByteBuf out, int transport, int length) {
        return out.getUnsignedShort(transport + UdpHeader.DATAGRAM_LENGTH) == length - Ipv4Header.MIN_LENGTH
                && out.getUnsignedShort(transport + UdpHeader.CHECKSUM) != 0;
    }

    // ---- the packets after it

    private boolean join(ByteBuf packet, int start, int length) {
        int payload = length - headerLength;
        if (payload <= 0
                || payload > gsoSize
                || segments == MAX_SEGMENTS
                || end + payload > PACKET + MAX_PACKET
                || !next.matches(packet, start, length)) {
            return false;
        }
        return append(packet, start, payload);
    }

    /** Copies the payload behind the last one, unless the checksum is wrong. */
    private boolean append(ByteBuf packet, int start, int payload) {
        int transportLength = headerLength - Ipv4Header.MIN_LENGTH + payload;
        long sum = next.transportSum(packet, start, transportLength)
                + InternetChecksum.sum(packet, start + headerLength, payload);
        if (InternetChecksum.fold(sum) != 0xffff) {
            return false;
        }
        ByteBuf out = storage.buffer();
        out.setBytes(end, packet, start + headerLength, payload);
        end += payload;
        segments++;
        next.advance(payload);
        boolean pushed = tcp && takePush(packet, start, out);
        closed = pushed || payload < gsoSize;
        return true;
    }

    private static boolean takePush(ByteBuf packet, int start, ByteBuf out) {
        int flags = packet.getUnsignedByte(start + Ipv4Header.MIN_LENGTH + TcpHeader.FLAGS);
        if ((flags & TcpHeader.PSH) == 0) {
            return false;
        }
        out.setByte(PACKET + Ipv4Header.MIN_LENGTH + TcpHeader.FLAGS, flags);
        return true;
    }

    private boolean checksumIsValid(int offset, int length) {
        int transportLength = length - Ipv4Header.MIN_LENGTH;
        long sum = (long) pseudoHeaderSum(storage.buffer(), offset, transportLength)
                + InternetChecksum.sum(storage.buffer(), offset + Ipv4Header.MIN_LENGTH, transportLength);
        return InternetChecksum.fold(sum) == 0xffff;
    }

    private static int pseudoHeaderSum(ByteBuf buffer, int offset, int transportLength) {
        return InternetChecksum.sumOfHeader(buffer, offset + Ipv4Header.SOURCE, 8)
                + Ipv4Header.protocol(buffer, offset)
                + transportLength;
    }

    // ---- to the device

    @Override
    public void flush() {
        if (segments == 0) {
            return;
        }
        int packets = segments;
        segments = 0;
        if (!tun.isWritable()) {
            counters.add(Counter.DECAP_DROP_QUEUE_FULL, packets);
            peer.dropReceived(packets);
            return;
        }
        ByteBuf out = storage.buffer();
        if (packets == 1) {
            VirtioNetHeader.writePlain(out, 0);
        } else {
            writeSuperPacketHeaders(out);
        }
        long bytes = end - PACKET + (long) (packets - 1) * headerLength;
        counters.add(Counter.DECAP_PACKETS, packets);
        counters.add(Counter.DECAP_BYTES, bytes);
        peer.received(packets, bytes);
        out.setIndex(0, end);
        tun.writeAndFlush(out.retain(), tun.voidPromise());
    }

    private void writeSuperPacketHeaders(ByteBuf out) {
        int length = end - PACKET;
        int transport = PACKET + Ipv4Header.MIN_LENGTH;
        int transportLength = length - Ipv4Header.MIN_LENGTH;
        out.setShort(PACKET + Ipv4Header.TOTAL_LENGTH, length);
        Ipv4Header.updateChecksum(out, PACKET);
        if (!tcp) {
            out.setShort(transport + UdpHeader.DATAGRAM_LENGTH, transportLength);
        }
        // The seed that NEEDS_CHECKSUM stands for: whoever finishes the packet adds the rest.
        int seed = InternetChecksum.fold(pseudoHeaderSum(out, PACKET, transportLength));
        out.setShort(transport + (tcp ? TcpHeader.CHECKSUM : UdpHeader.CHECKSUM), seed);
        int gsoType = tcp ? VirtioNetHeader.GSO_TCPV4 : VirtioNetHeader.GSO_UDP_L4;
        VirtioNetHeader.writeSuperPacket(out, 0, gsoType, gsoSize, headerLength, Ipv4Header.MIN_LENGTH);
    }

    @Override
    public void release() {
        segments = 0;
        storage.release();
    }
}
