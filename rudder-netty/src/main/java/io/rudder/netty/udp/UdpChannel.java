package io.rudder.netty.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.internal.StringUtil;
import io.rudder.net.Ipv4;
import io.rudder.netty.channel.AbstractPacketChannel;
import io.rudder.netty.linux.UdpSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A channel over an IPv4 UDP socket, on Netty's epoll transport. Messages are {@link DatagramPacket}s and {@link
 * SegmentedDatagramPacket}s; unlike Netty's own datagram channel it also <em>reads</em> the latter: datagrams that the
 * kernel has joined (UDP GRO) stay in one buffer, so that what is the same for all of them is done once.
 *
 * @see UdpChannelConfig the options
 */
public final class UdpChannel extends AbstractPacketChannel {
    private static final String EXPECTED_TYPES =
            " (expected: " + StringUtil.simpleClassName(DatagramPacket.class) + " with an IPv4 recipient)";

    private final UdpSocket socket;
    private final UdpChannelConfig config;
    private final boolean adopted;
    private InetSocketAddress local;
    // The sender of the last datagram, which is that of most next ones.
    private InetSocketAddress sender;
    private int senderIp;
    private int senderPort;

    /** Opens a socket; {@link ChannelException} says in one line why it cannot be. */
    public UdpChannel() {
        try {
            socket = UdpSocket.open();
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
        config = new UdpChannelConfig(this, socket);
        adopted = false;
    }

    /** Takes over a socket that is bound already: {@link #bind} to its address binds nothing. */
    public UdpChannel(UdpSocket bound) {
        socket = bound;
        config = new UdpChannelConfig(this, socket);
        adopted = true;
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public UdpChannelConfig config() {
        return config;
    }

    @Override
    protected SocketAddress attach(SocketAddress address) throws IOException {
        if (!adopted) {
            socket.bind(address);
        }
        local = socket.localAddress();
        if (adopted && !local.equals(address)) {
            throw new IOException("the socket that was handed over is bound to " + local);
        }
        return local;
    }

    @Override
    protected Object readMessage(ByteBuf buffer) throws IOException {
        int length = -1;
        try {
            length = socket.receive(buffer.memoryAddress() + buffer.writerIndex(), buffer.writableBytes());
        } finally {
            if (length < 0) {
                buffer.release();
            }
        }
        if (length < 0) {
            return null;
        }
        buffer.writerIndex(buffer.writerIndex() + length);
        int segmentSize = socket.segmentSize();
        return segmentSize > 0 && segmentSize < length
                ? new SegmentedDatagramPacket(buffer, segmentSize, local, sender())
                : new DatagramPacket(buffer, local, sender());
    }

    private InetSocketAddress sender() {
        int ip = socket.senderIp();
        int port = socket.senderPort();
        if (sender == null || ip != senderIp || port != senderPort) {
            senderIp = ip;
            senderPort = port;
            sender = new InetSocketAddress(Ipv4.toInetAddress(ip), port);
        }
        return sender;
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (!(message instanceof DatagramPacket packet) || !(packet.recipient().getAddress() instanceof Inet4Address)) {
            throw new UnsupportedOperationException(
                    "unsupported message type: " + StringUtil.simpleClassName(message) + EXPECTED_TYPES);
        }
        ByteBuf content = packet.content();
        ByteBuf whole = inOnePiece(content);
        return whole == content ? packet : packet.replace(whole);
    }

    @Override
    protected boolean writeMessage(Object message) throws IOException {
        DatagramPacket packet = (DatagramPacket) message;
        ByteBuf content = packet.content();
        int length = content.readableBytes();
        int segmentSize = packet instanceof SegmentedDatagramPacket run ? run.segmentSize() : 0;
        InetSocketAddress recipient = packet.recipient();
        return socket.send(
                content.memoryAddress() + content.readerIndex(),
                length,
                segmentSize < length ? segmentSize : 0,
                Ipv4.of((Inet4Address) recipient.getAddress()),
                recipient.getPort());
    }

    @Override
    protected boolean isFatal(int error) {
        return false;
    }
}
