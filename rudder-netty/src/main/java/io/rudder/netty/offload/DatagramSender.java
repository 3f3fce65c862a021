package io.rudder.netty.offload;

import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.rudder.peer.Peer;
import io.rudder.status.Counter;
import io.rudder.status.Counters;

/**
 * Sends datagrams one by one and tells at once what the kernel says of each. Writes have a void promise, so that none
 * is made for every packet; they fail into the pipeline while the call that sends is still under way. Belongs to one
 * data loop.
 */
final class DatagramSender {
    /** What {@link #send} gives for a datagram that the kernel took. */
    static final int SENT = 0;

    /** EMSGSIZE: longer than the path or the interface allows. */
    static final int TOO_LONG = -90;

    private static final int UNKNOWN_ERROR = -1;

    private final Channel udp;
    private final Counters counters;
    private boolean sending;
    private int error;

    DatagramSender(Channel udp, Counters counters) {
        this.udp = udp;
        this.counters = counters;
    }

    /** Sends a datagram, or several in one piece; returns {@link #SENT} or a negative errno, and counts nothing. */
    int send(DatagramPacket message) {
        error = SENT;
        sending = true;
        udp.write(message, udp.voidPromise());
        udp.flush();
        sending = false;
        return error;
    }

    /** Hears of a failure; of one that had to wait for the socket it is too late to send it another way. */
    void sendFailed(Throwable cause) {
        if (!sending) {
            counters.increment(Counter.ENCAP_DROP_SEND_FAILED);
        } else {
            error = cause instanceof NativeIoException nativeFailure ? nativeFailure.expectedErr() : UNKNOWN_ERROR;
        }
    }

    /** Counts packets that were sent. */
    void countSent(Peer peer, int packets, int bytes) {
        counters.add(Counter.ENCAP_PACKETS, packets);
        counters.add(Counter.ENCAP_BYTES, bytes);
        counters.peer(peer.subnet()).sent(packets, bytes);
    }

    /** Counts a packet that the kernel refused for good. */
    void countRefused(Peer peer) {
        counters.increment(Counter.ENCAP_DROP_SEND_FAILED);
        counters.peer(peer.subnet()).dropSent(1);
    }
}
