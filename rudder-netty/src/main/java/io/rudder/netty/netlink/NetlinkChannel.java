package io.rudder.netty.netlink;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.channel.AbstractPacketChannel;
import io.rudder.netty.linux.NetlinkSocket;
import java.io.IOException;
import java.net.SocketAddress;

/**
 * A channel that reads what the kernel tells about its network configuration; bound to {@link NetlinkGroups}. Each
 * message is a {@link ByteBuf} with one or more netlink messages, for {@link RouteMessages} or {@link FilterMessages} to
 * read. Nothing is written.
 *
 * <p>When messages came faster than they were read, the kernel drops some and an exception goes through the pipeline
 * (ENOBUFS, netlink(7)); the channel stays open. Whoever keeps a picture of the host then has to look at all of it.
 */
public final class NetlinkChannel extends AbstractPacketChannel {
    // The kernel's own programs read into 32 KiB: no notification is longer (NLMSG_GOODSIZE is at most 8 KiB).
    private static final int BUFFER_BYTES = 32768;

    private final int protocol;
    private final NetlinkSocket socket;
    private final ChannelConfig config;

    /** One for links, addresses and routes; {@link ChannelException} says in one line why it cannot be. */
    public NetlinkChannel() {
        this(NetlinkGroups.IPV4_HOST);
    }

    /** One that can be bound to these groups, and to others of the same part of the kernel. */
    public NetlinkChannel(NetlinkGroups groups) {
        protocol = groups.protocol();
        try {
            socket = NetlinkSocket.open(protocol);
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
        config = new DefaultChannelConfig(this).setRecvByteBufAllocator(new FixedRecvByteBufAllocator(BUFFER_BYTES));
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    protected SocketAddress attach(SocketAddress address) throws IOException {
        if (!(address instanceof NetlinkGroups groups) || groups.protocol() != protocol) {
            throw new IllegalArgumentException("unsupported address: " + address
                    + " (expected: NetlinkGroups of the part of the kernel that the channel was made for)");
        }
        socket.join(groups.flags());
        return groups;
    }

    @Override
    protected Object readMessage(ByteBuf buffer) throws IOException {
        int length = 0;
        try {
            length = socket.readAddress(buffer.memoryAddress(), buffer.writerIndex(), buffer.capacity());
        } finally {
            if (length <= 0) {
                buffer.release();
            }
        }
        return length <= 0 ? null : buffer.writerIndex(buffer.writerIndex() + length);
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        throw new UnsupportedOperationException("nothing is written to a netlink channel");
    }

    @Override
    protected boolean writeMessage(Object message) {
        return true;
    }

    @Override
    protected boolean isFatal(int error) {
        return false;
    }
}
