package io.rudder.netty.overlay;

import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** Makes an {@link Overlay}: opens the TUN device and the UDP socket, and connects them. */
public final class OverlayBootstrap {

    /** The loops that carry packets; of Netty's epoll transport. */
    public OverlayBootstrap group(EventLoopGroup group) {
        return this;
    }

    /** The name of the TUN device to make, at most 15 characters; a {@code %d} in it is numbered by the kernel. */
    public OverlayBootstrap tunName(String name) {
        return this;
    }

    /** The own public address and port: where datagrams are received and sent from. */
    public OverlayBootstrap underlay(InetSocketAddress address) {
        return this;
    }

    /**
     * Opens device and socket. The device has no address yet and is down.
     *
     * @return the data path; exceptionally an {@link java.io.IOException} with one line fit for an operator, for
     *     example when the port is taken or {@code /dev/net/tun} may not be opened
     */
    public CompletableFuture<Overlay> open() {
        throw new UnsupportedOperationException("not written yet");
    }
}
