package io.rudder.netty.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * {@code struct ifreq} of {@code linux/if.h}, as the interface ioctls take it:
 *
 * <pre>
 *  0               16                            40
 *  +---------------+-----------------------------+
 *  | ifr_name, NUL | union: flags (16 bits) or   |
 *  | terminated    | MTU (32 bits), native order |
 *  |               | or sockaddr_in              |
 *  +---------------+-----------------------------+
 * </pre>
 */
final class InterfaceRequest {
    private static final int NAME_SIZE = 16;
    private static final int SIZE = 40;

    private final byte[] bytes = new byte[SIZE];
    private final ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());

    InterfaceRequest(String name) {
        byte[] encoded = name.getBytes(StandardCharsets.US_ASCII);
        if (encoded.length >= NAME_SIZE) {
            throw new IllegalArgumentException("interface name '" + name + "' is longer than 15 characters");
        }
        System.arraycopy(encoded, 0, bytes, 0, encoded.length);
    }

    InterfaceRequest flags(int flags) {
        view.putShort(NAME_SIZE, (short) flags);
        return this;
    }

    InterfaceRequest mtu(int mtuBytes) {
        view.putInt(NAME_SIZE, mtuBytes);
        return this;
    }

    int flags() {
        return view.getShort(NAME_SIZE) & 0xffff;
    }

    InterfaceRequest address(int ipv4) {
        SocketAddressIn.put(view, NAME_SIZE, ipv4);
        return this;
    }

    int mtu() {
        return view.getInt(NAME_SIZE);
    }

    String name() {
        int length = 0;
        while (length < NAME_SIZE && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }

    byte[] bytes() {
        return bytes;
    }
}
