package io.rudder.netty.netlink;

import io.netty.buffer.ByteBuf;

/**
 * The messages of a datagram. All their numbers are in the machine's byte order, which is little endian on all that Java
 * runs on here; everything is aligned to 4 bytes.
 *
 * <pre>
 *   0        4      6       8         12        16
 *  +--------+------+-------+---------+---------+---------------------+
 *  | length | type | flags | sequence| port id | body and attributes |
 *  +--------+------+-------+---------+---------+---------------------+
 * </pre>
 */
final class NetlinkMessages {
    private static final int HEADER = 16;
    private static final int TYPE = 4;

    private NetlinkMessages() {}

    /** Shows each message that is whole, in its order. */
    static void forEach(ByteBuf datagram, Visitor visitor) {
        int start = datagram.readerIndex();
        int end = datagram.writerIndex();
        while (end - start >= HEADER) {
            long length = datagram.getUnsignedIntLE(start);
            if (length < HEADER || length > end - start) {
                return;
            }
            visitor.visit(datagram.getUnsignedShortLE(start + TYPE), start + HEADER, start + (int) length);
            start += align((int) length);
        }
    }

    /** Where the next thing of this length begins. */
    static int align(int length) {
        return length + 3 & ~3;
    }

    /** Looks at one message. */
    interface Visitor {
        /**
         * A message.
         *
         * @param body where what follows the header begins in the datagram
         * @param end where it ends
         */
        void visit(int type, int body, int end);
    }
}
