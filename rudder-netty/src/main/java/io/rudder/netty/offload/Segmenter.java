package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.packet.InternetChecksum;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.Ipv6Header;
import io.rudder.netty.packet.TcpHeader;
import io.rudder.netty.packet.UdpHeader;
import io.rudder.netty.packet.VirtioNetHeader;
import io.rudder.peer.Peer;

/**
 * Cuts super-packets into the packets that the kernel would have sent had it not been told to leave that to us, and
 * completes the checksums that it left open: the work of a network card with TSO and USO.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/networking/segmentation-offloads.html">segmentation-offloads</a>
 */
public final class Segmenter {
    private final SegmentBatch batch;

    // The packet at hand. Offsets count from the IP header's first byte.
    private ByteBuf source;
    private int packet;
    private boolean ipv6;
    private boolean tcp;
    private int transport;
    private int headerLength;
    private int payloadLength;
    private int gsoSize;
    private boolean cutToLimit;

    // One's complement sums: of the IPv4 header without length, identification and checksum; of pseudo-header and
    // transport header without what differs from segment to segment.
    private int ipSum;
    private int transportSum;

    /** Cuts into a batch, which sends. */
    public Segmenter(SegmentBatch batch) {
        this.batch = batch;
    }

    /**
     * Sends a packet as it came from the TUN device.
     *
     * @param message a {@code virtio_net_hdr} and an IP packet whose IP header has been checked; both stay as they are
     * @param limit the longest packet that reaches the peer in bytes; TCP is cut to it at once
     * @return false if the two do not fit each other; nothing has been sent then
     */
    public boolean send(ByteBuf message, Peer peer, int limit) {
        int header = message.readerIndex();
        source = message;
        cutToLimit = false;
        packet = header + VirtioNetHeader.LENGTH;
        int length = message.readableBytes() - VirtioNetHeader.LENGTH;
        if (VirtioNetHeader.gsoType(message, header) == VirtioNetHeader.GSO_NONE) {
            return sendWhole(header, length, peer);
        }
        if (!readSuperPacket(header, length)) {
            return false;
        }
        cutToLimit = tcp && headerLength + Math.min(gsoSize, payloadLength) > limit;
        if (cutToLimit) {
            gsoSize = Math.max(1, limit - headerLength);
        }
        sumHeaders();
        for (int done = 0, index = 0; done < payloadLength; done += gsoSize, index++) {
            writeSegment(index, done, peer);
        }
        return true;
    }

    /** Whether the last packet was cut smaller than its sender meant, for the limit. */
    public boolean cutToLimit() {
        return cutToLimit;
    }

    // ---- one packet

    private boolean sendWhole(int header, int length, Peer peer) {
        if (length > SegmentBatch.MAX_BYTES) {
            return false;
        }
        boolean needsChecksum = VirtioNetHeader.needsChecksum(source, header);
        int start = VirtioNetHeader.checksumStart(source, header);
        int field = start + VirtioNetHeader.checksumOffset(source, header);
        if (needsChecksum && (start < Ipv4Header.MIN_LENGTH || field + 2 > length)) {
            return false;
        }
        int slot = batch.reserve(peer, length);
        batch.buffer().setBytes(slot, source, packet, length);
        if (needsChecksum) {
            completeChecksum(slot + start, slot + field, length - start);
        }
        return true;
    }

    /** The field holds the sum of the pseudo-header, so the sum over everything from the start on is the whole sum. */
    private void completeChecksum(int start, int field, int length) {
        int checksum = ~InternetChecksum.sum(batch.buffer(), start, length) & 0xffff;
        // A TCP checksum is never computed as 0 from real packets but may be; 0xffff means the same to a receiver.
        batch.buffer().setShort(field, UdpHeader.checksum(checksum));
    }

    // ---- a super-packet

    private boolean readSuperPacket(int header, int length) {
        int type = VirtioNetHeader.gsoType(source, header);
        gsoSize = VirtioNetHeader.gsoSize(source, header);
        transport = VirtioNetHeader.checksumStart(source, header);
        ipv6 = Ipv4Header.version(source, packet) == 6;
        tcp = type == VirtioNetHeader.GSO_TCPV4 || type == VirtioNetHeader.GSO_TCPV6;
        int shortestHeader = tcp ? TcpHeader.MIN_LENGTH : UdpHeader.LENGTH;
        boolean sane = (tcp ? ipv6 == (type == VirtioNetHeader.GSO_TCPV6) : type == VirtioNetHeader.GSO_UDP_L4)
                && gsoSize > 0
                && VirtioNetHeader.needsChecksum(source, header)
                && (ipv6 ? transport >= Ipv6Header.LENGTH : transport == Ipv4Header.headerLength(source, packet))
                && transport + shortestHeader <= length
                && (ipv6 || Ipv4Header.protocol(source, packet) == protocol());
        if (!sane) {
            return false;
        }
        // hdr_len is a hint only and may be wrong; the TCP header itself tells.
        headerLength = transport + (tcp ? TcpHeader.length(source, packet + transport) : UdpHeader.LENGTH);
        payloadLength = length - headerLength;
        return headerLength >= transport + shortestHeader
                && payloadLength > 0
                && headerLength + gsoSize <= SegmentBatch.MAX_BYTES;
    }

    private int protocol() {
        return tcp ? Ipv4Header.PROTOCOL_TCP : Ipv4Header.PROTOCOL_UDP;
    }

    /** Adds up what is the same in the headers of all segments, so that each adds only its own fields. */
    private void sumHeaders() {
        int header = packet + transport;
        int addresses = packet + (ipv6 ? Ipv6Header.SOURCE : Ipv4Header.SOURCE);
        long sum = InternetChecksum.sumOfHeader(source, addresses, ipv6 ? 32 : 8) + protocol();
        if (tcp) {
            sum += InternetChecksum.sumOfHeader(source, header, headerLength - transport)
                    + InternetChecksum.without(source.getInt(header + TcpHeader.SEQUENCE))
                    + InternetChecksum.without(source.getUnsignedByte(header + TcpHeader.FLAGS))
                    + InternetChecksum.without(source.getUnsignedShort(header + TcpHeader.CHECKSUM));
        } else {
            sum += source.getUnsignedInt(header);
        }
        transportSum = InternetChecksum.fold(sum);
        if (!ipv6) {
            ipSum = InternetChecksum.fold((long) InternetChecksum.sumOfHeader(source, packet, transport)
                    + InternetChecksum.without(source.getUnsignedShort(packet + Ipv4Header.TOTAL_LENGTH))
                    + InternetChecksum.without(source.getUnsignedShort(packet + Ipv4Header.IDENTIFICATION))
                    + InternetChecksum.without(source.getUnsignedShort(packet + Ipv4Header.CHECKSUM)));
        }
    }

    private void writeSegment(int index, int done, Peer peer) {
        int payload = Math.min(gsoSize, payloadLength - done);
        int transportLength = headerLength - transport + payload;
        // Over the source: reading back what has just been copied would wait for the processor's store buffer.
        int payloadSum = InternetChecksum.sum(source, packet + headerLength + done, payload);
        int slot = batch.reserve(peer, headerLength + payload);
        ByteBuf out = batch.buffer();
        out.setBytes(slot, source, packet, headerLength);
        out.setBytes(slot + headerLength, source, packet + headerLength + done, payload);
        if (ipv6) {
            out.setShort(slot + Ipv6Header.PAYLOAD_LENGTH, headerLength + payload - Ipv6Header.LENGTH);
        } else {
            patchIpv4(out, slot, index, headerLength + payload);
        }
        long sum = (long) transportSum + transportLength + payloadSum;
        if (tcp) {
            patchTcp(out, slot + transport, done, payload, sum);
        } else {
            patchUdp(out, slot + transport, transportLength, sum);
        }
    }

    private void patchIpv4(ByteBuf out, int header, int index, int totalLength) {
        int identification = source.getUnsignedShort(packet + Ipv4Header.IDENTIFICATION) + index & 0xffff;
        out.setShort(header + Ipv4Header.TOTAL_LENGTH, totalLength);
        out.setShort(header + Ipv4Header.IDENTIFICATION, identification);
        out.setShort(header + Ipv4Header.CHECKSUM, ~InternetChecksum.fold((long) ipSum + totalLength + identification));
    }

    private void patchTcp(ByteBuf out, int header, int done, int payload, long sum) {
        int sequence = source.getInt(packet + transport + TcpHeader.SEQUENCE) + done;
        int flags = source.getUnsignedByte(packet + transport + TcpHeader.FLAGS);
        if (done > 0) {
            flags &= ~TcpHeader.CWR;
        }
        if (done + payload < payloadLength) {
            flags &= ~(TcpHeader.FIN | TcpHeader.PSH);
        }
        out.setInt(header + TcpHeader.SEQUENCE, sequence);
        out.setByte(header + TcpHeader.FLAGS, flags);
        out.setShort(
                header + TcpHeader.CHECKSUM, ~InternetChecksum.fold(sum + Integer.toUnsignedLong(sequence) + flags));
    }

    private static void patchUdp(ByteBuf out, int header, int length, long sum) {
        out.setShort(header + UdpHeader.DATAGRAM_LENGTH, length);
        int checksum = ~InternetChecksum.fold(sum + length) & 0xffff;
        out.setShort(header + UdpHeader.CHECKSUM, UdpHeader.checksum(checksum));
    }
}
