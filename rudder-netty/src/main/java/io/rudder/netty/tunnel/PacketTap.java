package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * Sees the packets of a tunnel while it is attached ({@link Tunnel#attach}). Called on the data loops, several at a
 * time if there are several; what is shown is only valid during the call and must not be changed.
 */
public interface PacketTap {
    /**
     * A packet between host and overlay, before it is judged on the way out, after on the way in. It may be larger than
     * the MTU: the kernel leaves cutting and joining to the tunnel.
     *
     * @param fromHost whether it comes from the host, else it goes there
     */
    default void inner(boolean fromHost, ByteBuf buffer, int offset, int length) {}

    /**
     * A datagram between this node and another one; of a run that travels as one, each.
     *
     * @param sent whether this node sends it
     * @param other the other end
     */
    default void outer(boolean sent, InetSocketAddress other, ByteBuf payload, int offset, int length) {}
}
