package io.rudder.netty.offload;

import io.netty.channel.unix.Socket;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.rudder.peer.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * The peers to which less gets through than the interface's MTU says, and how much does. The kernel learns it from
 * routers' ICMP messages and then refuses larger datagrams (ip(7), IP_PMTUDISC_DO); only then it is asked. Belongs to
 * one data loop.
 */
public final class PathMtus {
    /** For peers of which nothing is known: whatever fits the device. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    // How long the kernel itself believes in a learned path MTU: net.ipv4.route.mtu_expires.
    private static final long LIFETIME_NANOS = 600_000_000_000L;
    private static final int OVERHEAD_BYTES = 28;
    // What every IPv4 host forwards without cutting (RFC 791); a smaller answer is not believed.
    private static final int LEAST_PACKET_BYTES = 68;

    private final LongSupplier nanoClock;
    private final ToIntFunction<InetSocketAddress> kernel;
    private final IntObjectMap<Limit> limits = new IntObjectHashMap<>();

    private record Limit(int packetBytes, long untilNanos) {}

    /**
     * Nothing known.
     *
     * @param kernel tells the path MTU to an address in bytes, or 0 if it cannot; {@link #askKernel} outside of tests
     */
    public PathMtus(LongSupplier nanoClock, ToIntFunction<InetSocketAddress> kernel) {
        this.nanoClock = nanoClock;
        this.kernel = kernel;
    }

    /** The longest inner packet in bytes that reaches a peer whole. */
    public int limit(Peer peer) {
        return limits.isEmpty() ? UNLIMITED : lookup(peer.publicIp());
    }

    private int lookup(int publicIp) {
        Limit limit = limits.get(publicIp);
        if (limit == null) {
            return UNLIMITED;
        }
        if (limit.untilNanos - nanoClock.getAsLong() < 0) {
            limits.remove(publicIp);
            return UNLIMITED;
        }
        return limit.packetBytes;
    }

    /**
     * Asks the kernel what gets through to a peer, after it refused a packet.
     *
     * @return whether that is less than the packet's length, so that the length was the reason
     */
    boolean learn(Peer peer, int refusedBytes) {
        int packetBytes = kernel.applyAsInt(peer.endpoint()) - OVERHEAD_BYTES;
        if (packetBytes < LEAST_PACKET_BYTES || packetBytes >= refusedBytes) {
            return false;
        }
        limits.put(peer.publicIp(), new Limit(packetBytes, nanoClock.getAsLong() + LIFETIME_NANOS));
        return true;
    }

    /** The kernel's path MTU to an address in bytes, which a connected socket tells (ip(7), IP_MTU); 0 if unknown. */
    public static int askKernel(InetSocketAddress address) {
        final int ipProtocolLevel = 0;
        final int ipMtu = 14;
        Socket socket = Socket.newSocketDgram();
        try {
            socket.connect(address);
            return socket.getIntOpt(ipProtocolLevel, ipMtu);
        } catch (IOException e) {
            return 0;
        } finally {
            close(socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError("closing an unused socket cannot fail", e);
        }
    }
}
