package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBuf;
import io.rudder.netty.packet.Ipv4Header;
import io.rudder.netty.packet.PacketShape;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counter;

/**
 * What is to become of a datagram from the network; a pure function of the datagram, its sender and the routes.
 * Whatever is not delivered is dropped without an answer.
 */
public enum DecapVerdict {
    /** Goes to the host. */
    DELIVER(Counter.DECAP_PACKETS),
    /** Comes from an address that no lease names. */
    UNKNOWN_PEER(Counter.DECAP_DROP_UNKNOWN_PEER),
    /** Shorter than an IP header: room for messages between nodes, which flannel's nodes ignore as well. */
    CONTROL(Counter.DECAP_DROP_CONTROL),
    MALFORMED(Counter.DECAP_DROP_MALFORMED),
    IPV6(Counter.DECAP_DROP_IPV6),
    /** The inner source is not in the subnet that the sender leases. */
    WRONG_SOURCE(Counter.DECAP_DROP_WRONG_SOURCE),
    /** The inner destination is not in the own subnet. */
    WRONG_DESTINATION(Counter.DECAP_DROP_WRONG_DESTINATION);

    private final Counter counter;

    DecapVerdict(Counter counter) {
        this.counter = counter;
    }

    /** What counts the packets of this verdict. */
    public Counter counter() {
        return counter;
    }

    /**
     * Judges a datagram.
     *
     * @param offset that of the payload in the buffer
     * @param sender the outer source address
     */
    public static DecapVerdict of(ByteBuf buffer, int offset, int length, int sender, RouteTable routes) {
        DecapVerdict verdict = ofPayload(buffer, offset, length, sender, routes);
        // Asked last, so that a good packet costs one look-up; a stranger's packet is a stranger's whatever is in it.
        return verdict == DELIVER || routes.peerAt(sender) != null ? verdict : UNKNOWN_PEER;
    }

    private static DecapVerdict ofPayload(ByteBuf packet, int offset, int length, int sender, RouteTable routes) {
        if (length < Ipv4Header.MIN_LENGTH) {
            return CONTROL;
        }
        PacketShape shape = PacketShape.of(packet, offset, length);
        if (shape != PacketShape.IPV4) {
            return shape == PacketShape.IPV6 ? IPV6 : MALFORMED;
        }
        Peer peer = routes.lookup(Ipv4Header.source(packet, offset));
        if (peer == null || peer.publicIp() != sender) {
            return WRONG_SOURCE;
        }
        return routes.ownContains(Ipv4Header.destination(packet, offset)) ? DELIVER : WRONG_DESTINATION;
    }
}
