package io.rudder.netty.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@code struct sockaddr_in} of 16 bytes: family in native order, port, address in network order. */
final class SocketAddressIn {
    private static final int PORT = 2;
    private static final int ADDRESS = 4;

    private SocketAddressIn() {}

    static void put(ByteBuffer buffer, int offset, int ipv4) {
        buffer.putShort(offset, (short) LibC.AF_INET);
        buffer.putShort(offset + PORT, (short) 0);
        // Whole in native order what the kernel is to find in network order.
        buffer.putInt(offset + ADDRESS, buffer.order() == ByteOrder.BIG_ENDIAN ? ipv4 : Integer.reverseBytes(ipv4));
    }
}
