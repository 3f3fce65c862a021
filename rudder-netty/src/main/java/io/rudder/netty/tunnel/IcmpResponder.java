package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.rudder.control.TokenBucket;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.packet.IcmpError;
import io.rudder.netty.packet.VirtioNetHeader;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.function.LongSupplier;

/** Tells senders on this host why their packets were dropped, at a bounded rate (RFC 1812, 4.3.2.8). */
final class IcmpResponder {
    private static final int PER_SECOND = 100;
    private static final int BURST = 50;

    private final Channel tun;
    private final boolean vnetHeader;
    private final Counters counters;
    private final TokenBucket bucket;

    IcmpResponder(Channel tun, boolean vnetHeader, Counters counters, LongSupplier nanoClock) {
        this.tun = tun;
        this.vnetHeader = vnetHeader;
        this.counters = counters;
        this.bucket = new TokenBucket(nanoClock, PER_SECOND, BURST);
    }

    /**
     * Answers a packet, unless it is one that is not to be answered or the rate is used up.
     *
     * @param routes tells the address of this host in the overlay
     */
    void respond(IcmpError error, RouteTable routes, ByteBuf packet, int offset, int length) {
        respond(error, routes, packet, offset, length, 0);
    }

    /** Tells that a packet is too big for its way, and what would do. */
    void fragmentationNeeded(RouteTable routes, ByteBuf packet, int offset, int length, int mtu) {
        respond(IcmpError.FRAGMENTATION_NEEDED, routes, packet, offset, length, mtu);
    }

    private void respond(IcmpError error, RouteTable routes, ByteBuf packet, int offset, int length, int mtu) {
        if (!IcmpError.mayAnswer(packet, offset, length) || !bucket.tryTake() || !tun.isWritable()) {
            counters.increment(Counter.ICMP_SUPPRESSED);
            return;
        }
        ByteBuf out = tun.alloc().directBuffer(VirtioNetHeader.LENGTH + IcmpError.MAX_LENGTH);
        if (vnetHeader) {
            out.writeZero(VirtioNetHeader.LENGTH);
        }
        int from = routes.own().map(Ipv4Prefix::first).orElse(0);
        error.write(out, from, packet, offset, length, mtu);
        tun.writeAndFlush(out, tun.voidPromise());
        counters.increment(counterOf(error));
    }

    private static Counter counterOf(IcmpError error) {
        return switch (error) {
            case NET_UNREACHABLE -> Counter.ICMP_UNREACHABLE_SENT;
            case FRAGMENTATION_NEEDED -> Counter.ICMP_FRAGMENTATION_NEEDED_SENT;
            case TIME_EXCEEDED -> Counter.ICMP_TIME_EXCEEDED_SENT;
        };
    }
}
