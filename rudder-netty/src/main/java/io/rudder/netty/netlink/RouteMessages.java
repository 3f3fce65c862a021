package io.rudder.netty.netlink;

import io.netty.buffer.ByteBuf;
import io.rudder.net.Ipv4Prefix;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads rtnetlink messages (netlink(7), rtnetlink(7)): a body, and attributes with length 2, type 2 each. Addresses are
 * in network byte order.
 *
 * <pre>
 *  ifinfomsg:  family 1, pad 1, device type 2, index 4, flags 4, change 4
 *  ifaddrmsg:  family 1, prefix length 1, flags 1, scope 1, index 4
 *  rtmsg:      family 1, destination length 1, source length 1, tos 1, table 1, protocol 1, scope 1, type 1, flags 4
 * </pre>
 */
public final class RouteMessages {
    private static final int LINK_BODY = 16;
    private static final int ADDRESS_BODY = 8;
    private static final int ROUTE_BODY = 12;
    private static final int ATTRIBUTE_HEADER = 4;
    // The two upper bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
    private static final int ATTRIBUTE_TYPE = 0x3fff;
    private static final int ABSENT = -1;

    private static final int NEW_LINK = 16;
    private static final int DELETED_LINK = 17;
    private static final int NEW_ADDRESS = 20;
    private static final int DELETED_ADDRESS = 21;
    private static final int NEW_ROUTE = 24;
    private static final int DELETED_ROUTE = 25;

    private static final int FAMILY_IPV4 = 2;
    private static final int LINK_UP = 1;
    private static final int LINK_NAME = 3;
    private static final int LINK_MTU = 4;
    private static final int ADDRESS_PEER = 1;
    private static final int ADDRESS_LOCAL = 2;
    private static final int ROUTE_DESTINATION = 1;
    private static final int ROUTE_DEVICE = 4;

    private RouteMessages() {}

    /** Tells each change that a datagram contains, in its order; what is no such message or makes no sense is skipped. */
    public static void read(ByteBuf datagram, Consumer<RouteChange> changes) {
        NetlinkMessages.forEach(datagram, (type, body, end) -> readMessage(datagram, type, body, end, changes));
    }

    private static void readMessage(ByteBuf bytes, int type, int body, int end, Consumer<RouteChange> changes) {
        switch (type) {
            case NEW_LINK, DELETED_LINK -> {
                if (end - body >= LINK_BODY) {
                    changes.accept(link(bytes, body, end, type == DELETED_LINK));
                }
            }
            case NEW_ADDRESS, DELETED_ADDRESS -> {
                if (end - body >= ADDRESS_BODY && bytes.getByte(body) == FAMILY_IPV4) {
                    address(bytes, body, end, type == DELETED_ADDRESS, changes);
                }
            }
            case NEW_ROUTE, DELETED_ROUTE -> {
                if (end - body >= ROUTE_BODY && bytes.getByte(body) == FAMILY_IPV4) {
                    route(bytes, body, end, type == DELETED_ROUTE, changes);
                }
            }
            default -> {
                // Errors and other answers: nothing was asked for.
            }
        }
    }

    private static RouteChange link(ByteBuf bytes, int body, int end, boolean gone) {
        int attributes = body + LINK_BODY;
        int mtu = find(bytes, attributes, end, LINK_MTU, Integer.BYTES);
        return new RouteChange.Link(
                gone,
                bytes.getIntLE(body + 4),
                text(bytes, find(bytes, attributes, end, LINK_NAME, 1)),
                mtu == ABSENT ? 0 : bytes.getIntLE(mtu),
                (bytes.getIntLE(body + 8) & LINK_UP) != 0);
    }

    private static void address(ByteBuf bytes, int body, int end, boolean gone, Consumer<RouteChange> changes) {
        int attributes = body + ADDRESS_BODY;
        int local = find(bytes, attributes, end, ADDRESS_LOCAL, Integer.BYTES);
        // On links without a peer some kernels name the address once only.
        int address = local == ABSENT ? find(bytes, attributes, end, ADDRESS_PEER, Integer.BYTES) : local;
        int length = bytes.getUnsignedByte(body + 1);
        if (address != ABSENT && length <= Integer.SIZE) {
            changes.accept(new RouteChange.Address(gone, bytes.getIntLE(body + 4), bytes.getInt(address), length));
        }
    }

    private static void route(ByteBuf bytes, int body, int end, boolean gone, Consumer<RouteChange> changes) {
        int attributes = body + ROUTE_BODY;
        int length = bytes.getUnsignedByte(body + 1);
        int destination = find(bytes, attributes, end, ROUTE_DESTINATION, Integer.BYTES);
        int device = find(bytes, attributes, end, ROUTE_DEVICE, Integer.BYTES);
        // Only the default route has no destination.
        if (length <= Integer.SIZE && (destination != ABSENT || length == 0)) {
            int first = destination == ABSENT ? 0 : bytes.getInt(destination);
            changes.accept(new RouteChange.Route(
                    gone, device == ABSENT ? 0 : bytes.getIntLE(device), Ipv4Prefix.containing(first, length)));
        }
    }

    /** Where the value of the first attribute of a type is, if it has at least so many bytes; else {@link #ABSENT}. */
    private static int find(ByteBuf bytes, int from, int end, int type, int minBytes) {
        int start = from;
        while (end - start >= ATTRIBUTE_HEADER) {
            int length = bytes.getUnsignedShortLE(start);
            if (length < ATTRIBUTE_HEADER || length > end - start) {
                return ABSENT;
            }
            if ((bytes.getUnsignedShortLE(start + 2) & ATTRIBUTE_TYPE) == type) {
                return length - ATTRIBUTE_HEADER >= minBytes ? start + ATTRIBUTE_HEADER : ABSENT;
            }
            start += NetlinkMessages.align(length);
        }
        return ABSENT;
    }

    /** An attribute's text up to its NUL; empty if there is none. */
    private static String text(ByteBuf bytes, int start) {
        if (start == ABSENT) {
            return "";
        }
        int length = bytes.getUnsignedShortLE(start - ATTRIBUTE_HEADER) - ATTRIBUTE_HEADER;
        int nul = bytes.indexOf(start, start + length, (byte) 0);
        return bytes.toString(start, nul < 0 ? length : nul - start, StandardCharsets.US_ASCII);
    }
}
