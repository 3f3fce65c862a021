package io.rudder.daemon.capture;

import io.netty.buffer.ByteBuf;
import java.util.OptionalInt;

/**
 * Which packets are wanted; all that is given must hold.
 *
 * @param fromHost 1 for packets from the host only, 0 for those to the host only
 * @param address an inner packet's source or destination
 * @param protocol the number in an inner packet's header
 * @param port a TCP or UDP port of either end; a packet without ports has none
 */
public record CaptureFilter(OptionalInt fromHost, OptionalInt address, OptionalInt protocol, OptionalInt port) {
    /** Takes everything. */
    public static final CaptureFilter ALL =
            new CaptureFilter(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

    private static final int IPV4_MIN_BYTES = 20;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int FRAGMENT_OFFSET = 0x1fff;

    boolean accepts(boolean isFromHost, ByteBuf packet, int offset, int length) {
        if (fromHost.isPresent() && fromHost.getAsInt() != (isFromHost ? 1 : 0)) {
            return false;
        }
        if (address.isEmpty() && protocol.isEmpty() && port.isEmpty()) {
            return true;
        }
        // What is no IPv4 packet has neither addresses nor ports.
        return length >= IPV4_MIN_BYTES
                && packet.getUnsignedByte(offset) >>> 4 == 4
                && acceptsAddress(packet, offset)
                && (protocol.isEmpty() || packet.getUnsignedByte(offset + 9) == protocol.getAsInt())
                && acceptsPort(packet, offset, length);
    }

    private boolean acceptsAddress(ByteBuf packet, int offset) {
        return address.isEmpty()
                || packet.getInt(offset + 12) == address.getAsInt()
                || packet.getInt(offset + 16) == address.getAsInt();
    }

    private boolean acceptsPort(ByteBuf packet, int offset, int length) {
        if (port.isEmpty()) {
            return true;
        }
        int transport = packet.getUnsignedByte(offset + 9);
        int start = (packet.getUnsignedByte(offset) & 0xf) * 4;
        boolean hasPorts = (transport == TCP || transport == UDP)
                && (packet.getUnsignedShort(offset + 6) & FRAGMENT_OFFSET) == 0
                && length >= start + 4;
        return hasPorts
                && (packet.getUnsignedShort(offset + start) == port.getAsInt()
                        || packet.getUnsignedShort(offset + start + 2) == port.getAsInt());
    }
}
