package io.rudder.netty.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.linux.SocketPair;
import io.rudder.netty.tun.TunChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A TUN device over a socket pair: no root, no {@code /dev/net/tun}, no interface on the host. The application has the
 * device's end as a {@link TunChannel} like any other; this object is the host at the other end, which sends packets
 * into the device and receives what the application writes.
 *
 * <pre>{@code
 * try (LocalTun tun = new LocalTun("tun0")) {
 *     new Bootstrap().group(group).channelFactory(tun::channel).handler(handler).bind(new TunAddress("tun0")).sync();
 *     tun.send(packet);
 *     byte[] answer = tun.receive(Duration.ofSeconds(5)).orElseThrow();
 * }
 * }</pre>
 *
 * <p>Unlike a real device it gives back-pressure: about 200 KiB wait for the host, then writes wait. It has no offloads,
 * so {@link io.rudder.netty.tun.TunChannelOption#VNET_HDR} is false once the channel is bound. At most one thread sends
 * and one receives at a time; nobody may while {@link #close} is called.
 */
public final class LocalTun implements AutoCloseable {
    private static final int MAX_PACKET_BYTES = 65535;
    private static final int SEND_TIMEOUT_MILLIS = 10_000;

    private final FileDescriptor host;
    private final LocalDevice device;

    /**
     * A device of a name, which the channel gets whatever it asks for.
     *
     * @throws UncheckedIOException if the process may not have more descriptors
     */
    public LocalTun(String name) {
        try {
            SocketPair pair = SocketPair.open();
            host = pair.first();
            device = new LocalDevice(name, pair.second());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The application's end, for a bootstrap's channel factory; one channel a device. */
    public TunChannel channel() {
        return new TunChannel(device);
    }

    /**
     * Sends an IP packet as the host would.
     *
     * @throws IOException if the device has been closed, or does not take the packet within 10 s
     */
    public void send(byte[] packet) throws IOException {
        ByteBuf buffer = Unpooled.directBuffer(packet.length).writeBytes(packet);
        try {
            while (host.writeAddress(buffer.memoryAddress(), 0, packet.length) == 0) {
                if (!SocketPair.await(host, SocketPair.POLLOUT, SEND_TIMEOUT_MILLIS)) {
                    throw new IOException("nobody reads from the device");
                }
            }
        } finally {
            buffer.release();
        }
    }

    /**
     * The next packet that the application writes to the host; empty if none comes in time.
     *
     * @throws IOException if the device has been closed
     */
    public Optional<byte[]> receive(Duration timeout) throws IOException {
        if (!SocketPair.await(host, SocketPair.POLLIN, Math.toIntExact(timeout.toMillis()))) {
            return Optional.empty();
        }
        ByteBuf buffer = Unpooled.directBuffer(MAX_PACKET_BYTES);
        try {
            int length = host.readAddress(buffer.memoryAddress(), 0, buffer.capacity());
            if (length < 0) {
                throw new IOException("the device has been closed");
            }
            byte[] packet = new byte[length];
            buffer.getBytes(0, packet);
            return Optional.of(packet);
        } finally {
            buffer.release();
        }
    }

    /** Deletes the device, as {@code ip link delete} would: a channel that is bound to it closes. */
    @Override
    public void close() {
        try {
            host.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
