package io.rudder.netty.probe;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.ToIntFunction;

/**
 * Asks the kernel what it has learned of the path MTU to an address (ip(7), IP_MTU), always through the same socket,
 * which nothing is ever sent from. Belongs to one thread.
 */
public final class KernelPathMtu implements ToIntFunction<InetSocketAddress>, AutoCloseable {
    private static final int IPPROTO_IP = 0;
    private static final int IP_MTU = 14;

    private final Socket socket = Socket.newSocketDgram();

    /** The length of the longest outer IP packet in bytes; 0 if there is no way to the address. */
    @Override
    public int applyAsInt(InetSocketAddress address) {
        try {
            socket.connect(address);
            return socket.getIntOpt(IPPROTO_IP, IP_MTU);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError("closing a socket that sends nothing cannot fail", e);
        }
    }
}
