package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/**
 * An IPv4 UDP socket that sends and receives runs of datagrams in one piece (udp(7), UDP_SEGMENT and UDP_GRO). Belongs to
 * one thread.
 */
public final class UdpSocket extends Socket {
    private final MessageHeader incoming = new MessageHeader();
    private final MessageHeader outgoing = new MessageHeader();

    private UdpSocket(int fd) {
        super(fd);
    }

    /** Opens a socket that is bound to nothing. */
    public static UdpSocket open() throws IOException {
        try {
            return new UdpSocket(LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM_CLOEXEC | LibC.SOCK_NONBLOCK, 0));
        } catch (LastErrorException e) {
            throw new IOException("cannot open a UDP socket: " + LibC.strerror(e.getErrorCode()), e);
        }
    }

    /**
     * Takes over the descriptor of a bound IPv4 UDP socket, from another process or another owner in this one; it is
     * closed for whoever had it.
     */
    public static UdpSocket adopt(FileDescriptor bound) throws IOException {
        return new UdpSocket(Descriptors.takeOver(bound).intValue());
    }

    /**
     * Receives a datagram, or several of one sender and length that the kernel has joined.
     *
     * @return how many bytes, which may be 0; -1 if there is nothing to receive
     */
    public int receive(long address, int capacity) throws IOException {
        long header = incoming.bytes(address, capacity).expectSender().address();
        return result("recvmsg", LibC.recvmsg(intValue(), header, 0));
    }

    /** The address that what was received last came from. */
    public int senderIp() {
        return incoming.senderIp();
    }

    /** The port that what was received last came from. */
    public int senderPort() {
        return incoming.senderPort();
    }

    /** The length of each datagram but the last in what was received last; 0 if it was a single one. */
    public int segmentSize() {
        return incoming.receivedSegmentSize();
    }

    /**
     * Sends bytes.
     *
     * @param segmentSize the length of each datagram but the last that the kernel makes of them; 0 for a single one
     * @return whether they were sent; false if the socket is full
     */
    public boolean send(long address, int length, int segmentSize, int ip, int port) throws IOException {
        long header = outgoing.bytes(address, length)
                .recipient(ip, port)
                .segmentSize(segmentSize)
                .address();
        return result("sendmsg", LibC.sendmsg(intValue(), header, 0)) >= 0;
    }

    private static int result(String call, long returned) throws IOException {
        if (returned >= 0) {
            return (int) returned;
        }
        int errno = Native.getLastError();
        if (errno == LibC.EAGAIN) {
            return -1;
        }
        throw Errors.newIOException(call, -errno);
    }
}
