package io.rudder.netty.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.rudder.net.Ipv4Prefix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct rtentry} of linux/route.h on a machine of 64 bits, as SIOCADDRT takes it:
 *
 * <pre>
 *  0       8        24        40          56         88       96          120
 *  +-------+--------+---------+-----------+----------+--------+-----------+
 *  | pad   | rt_dst | gateway | genmask   | rt_flags | rt_dev | mtu, ...  |
 *  |       |      sockaddr_in, 16 each    | (16 bit) | char * |           |
 *  +-------+--------+---------+-----------+----------+--------+-----------+
 * </pre>
 */
final class RouteRequest {
    private static final int SIZE = 120;
    private static final int DESTINATION = 8;
    private static final int GATEWAY = 24;
    private static final int MASK = 40;
    private static final int FLAGS = 56;
    private static final int DEVICE = 88;
    private static final short RTF_UP = 1;

    private final byte[] bytes = new byte[SIZE];
    // Kept as long as the structure that points to it.
    private final Memory device;

    RouteRequest(Ipv4Prefix destination, String deviceName) {
        device = new Memory(deviceName.length() + 1L);
        device.setString(0, deviceName, "US-ASCII");
        ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        SocketAddressIn.put(view, DESTINATION, destination.first());
        SocketAddressIn.put(view, GATEWAY, 0);
        SocketAddressIn.put(view, MASK, Ipv4Prefix.mask(destination.length()));
        view.putShort(FLAGS, RTF_UP);
        view.putLong(DEVICE, Pointer.nativeValue(device));
    }

    byte[] bytes() {
        return bytes;
    }
}
