package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.PacketShape;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;

/** What is to become of a packet that the host wants carried; pure functions of the packet and the routes. */
public enum EncapVerdict {
    /** Goes to the peer. */
    FORWARD(Counter.ENCAP_PACKETS),
    MALFORMED(Counter.ENCAP_DROP_MALFORMED),
    IPV6(Counter.ENCAP_DROP_IPV6),
    /** Its source is not in the own subnet: every peer would refuse it. */
    FOREIGN_SOURCE(Counter.ENCAP_DROP_FOREIGN_SOURCE),
    /** To be answered with ICMP net unreachable. */
    NO_ROUTE(Counter.ENCAP_DROP_NO_ROUTE),
    /** To be answered with ICMP time exceeded. */
    TTL_EXPIRED(Counter.ENCAP_DROP_TTL);

    private final Counter counter;

    EncapVerdict(Counter counter) {
        this.counter = counter;
    }

    /** What counts the packets of this verdict. */
    public Counter counter() {
        return counter;
    }

    /** Judges what the packet is; its addresses are not looked at. */
    public static EncapVerdict ofShape(ByteBuf packet, int offset, int length) {
        return switch (PacketShape.of(packet, offset, length)) {
            case IPV4 -> FORWARD;
            case IPV6 -> IPV6;
            case MALFORMED -> MALFORMED;
        };
    }

    /**
     * Judges where the packet, an IPv4 one, wants to go.
     *
     * @param peer the one that answers for its destination, or null
     */
    public static EncapVerdict ofRoute(ByteBuf packet, int offset, RouteTable routes, Peer peer) {
        if (!routes.ownContains(Ipv4Header.source(packet, offset))) {
            return FOREIGN_SOURCE;
        }
        if (peer == null) {
            return NO_ROUTE;
        }
        return Ipv4Header.timeToLive(packet, offset) <= 1 ? TTL_EXPIRED : FORWARD;
    }
}
