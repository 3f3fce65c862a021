package io.rudder.netty.offload;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.packet.InternetChecksum;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.TcpHeader;
import io.rudder.netty.packet.UdpHeader;

/**
 * The headers that the next packet of a flow must have to be joined to the ones before it: those of the first packet, but
 * for lengths, checksums, identification, sequence number and PSH. IPv4 without options, and TCP or UDP.
 *
 * <p>Kept as words, so that a packet is compared with few reads, and with their checksum, so that a packet that matches
 * adds only the fields that may differ.
 */
final class NextSegment {
    // Of the IPv4 header's first 8 bytes all but total length and identification; of the next 8 all but the checksum.
    private static final long FIRST_WORD_MASK = 0xffff_0000_0000_ffffL;
    private static final long SECOND_WORD_MASK = 0xffff_0000_ffff_ffffL;
    private static final int TCP_WORD = TcpHeader.DATA_OFFSET;
    private static final int PSH_IN_WORD = TcpHeader.PSH << 16;
    private static final int CHECKSUM_AND_URGENT = TcpHeader.CHECKSUM;
    private static final int MAX_OPTION_WORDS = 10;

    private boolean tcp;
    private boolean dontFragment;
    private long firstWord;
    private long secondWord;
    private int destination;
    private int firstIdentification;
    private int index;
    private int ports;
    private int sequence;
    private int acknowledgement;
    private int offsetFlagsWindow;
    private int urgentPointer;
    private int optionWords;
    private final int[] options = new int[MAX_OPTION_WORDS];
    private int transportSum;

    /** Takes over the headers of a flow's first packet; {@link #advance} past it must follow. */
    void follow(ByteBuf packet, int start, int headerLength) {
        int transport = start + Ipv4Header.MIN_LENGTH;
        long first = packet.getLong(start);
        firstWord = first & FIRST_WORD_MASK;
        secondWord = packet.getLong(start + 8) & SECOND_WORD_MASK;
        destination = packet.getInt(start + Ipv4Header.DESTINATION);
        firstIdentification = identification(first);
        dontFragment = (first & Ipv4Header.DONT_FRAGMENT) != 0;
        index = 0;
        ports = packet.getInt(transport);
        int protocol = Ipv4Header.protocol(packet, start);
        tcp = protocol == Ipv4Header.PROTOCOL_TCP;
        long sum = InternetChecksum.sumOfHeader(packet, start + Ipv4Header.SOURCE, 8)
                + protocol
                + Integer.toUnsignedLong(ports);
        transportSum = InternetChecksum.fold(tcp ? sum + followTcp(packet, transport, headerLength) : sum);
    }

    private long followTcp(ByteBuf packet, int transport, int headerLength) {
        sequence = packet.getInt(transport + TcpHeader.SEQUENCE);
        acknowledgement = packet.getInt(transport + TcpHeader.ACKNOWLEDGEMENT);
        offsetFlagsWindow = packet.getInt(transport + TCP_WORD) & ~PSH_IN_WORD;
        urgentPointer = packet.getInt(transport + CHECKSUM_AND_URGENT) & 0xffff;
        long sum = Integer.toUnsignedLong(acknowledgement) + Integer.toUnsignedLong(offsetFlagsWindow) + urgentPointer;
        optionWords = (headerLength - Ipv4Header.MIN_LENGTH - TcpHeader.MIN_LENGTH) / 4;
        for (int i = 0; i < optionWords; i++) {
            options[i] = packet.getInt(transport + TcpHeader.OPTIONS + 4 * i);
            sum += Integer.toUnsignedLong(options[i]);
        }
        return sum;
    }

    /** The last packet had so much payload. */
    void advance(int payload) {
        sequence += payload;
        index++;
    }

    /** Whether a packet continues the flow: its headers as expected, and the IPv4 checksum right. */
    boolean matches(ByteBuf packet, int start, int length) {
        long first = packet.getLong(start);
        long second = packet.getLong(start + 8);
        int to = packet.getInt(start + Ipv4Header.DESTINATION);
        return (first & FIRST_WORD_MASK) == firstWord
                && (second & SECOND_WORD_MASK) == secondWord
                && to == destination
                && continuesIdentification(identification(first))
                && InternetChecksum.fold(halves(first) + halves(second) + Integer.toUnsignedLong(to)) == 0xffff
                && packet.getInt(start + Ipv4Header.MIN_LENGTH) == ports
                && (tcp ? matchesTcp(packet, start) : matchesUdp(packet, start, length));
    }

    private static int identification(long firstWord) {
        return (int) (firstWord >>> 16) & 0xffff;
    }

    private static long halves(long word) {
        return (word & 0xffffffffL) + (word >>> 32);
    }

    /** Counts up; may also stay the same where it means nothing, for packets never to be fragmented (RFC 6864, 4.1). */
    private boolean continuesIdentification(int identification) {
        return identification == (firstIdentification + index & 0xffff)
                || dontFragment && identification == firstIdentification;
    }

    private boolean matchesTcp(ByteBuf packet, int start) {
        int transport = start + Ipv4Header.MIN_LENGTH;
        return packet.getInt(transport + TcpHeader.SEQUENCE) == sequence
                && packet.getInt(transport + TcpHeader.ACKNOWLEDGEMENT) == acknowledgement
                && (packet.getInt(transport + TCP_WORD) & ~PSH_IN_WORD) == offsetFlagsWindow
                && (packet.getInt(transport + CHECKSUM_AND_URGENT) & 0xffff) == urgentPointer
                && matchesOptions(packet, transport + TcpHeader.OPTIONS);
    }

    private boolean matchesOptions(ByteBuf packet, int offset) {
        for (int i = 0; i < optionWords; i++) {
            if (packet.getInt(offset + 4 * i) != options[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean matchesUdp(ByteBuf packet, int start, int length) {
        int lengthAndChecksum = packet.getInt(start + Ipv4Header.MIN_LENGTH + UdpHeader.DATAGRAM_LENGTH);
        return lengthAndChecksum >>> 16 == length - Ipv4Header.MIN_LENGTH && (lengthAndChecksum & 0xffff) != 0;
    }

    /** The sum of pseudo-header and transport header of a packet that matches. */
    long transportSum(ByteBuf packet, int start, int transportLength) {
        int transport = start + Ipv4Header.MIN_LENGTH;
        long sum = (long) transportSum + transportLength;
        if (!tcp) {
            return sum + packet.getUnsignedInt(transport + UdpHeader.DATAGRAM_LENGTH);
        }
        int push = packet.getUnsignedByte(transport + TcpHeader.FLAGS) & TcpHeader.PSH;
        return sum + Integer.toUnsignedLong(sequence) + push + packet.getUnsignedShort(transport + TcpHeader.CHECKSUM);
    }
}
