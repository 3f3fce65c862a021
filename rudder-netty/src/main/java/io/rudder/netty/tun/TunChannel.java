package io.rudder.netty.tun;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.internal.StringUtil;
import io.rudder.netty.channel.AbstractPacketChannel;
import io.rudder.netty.linux.PacketDevice;
import io.rudder.netty.linux.TunDevice;
import java.io.IOException;
import java.net.SocketAddress;

/**
 * A channel over a Linux TUN device, on Netty's epoll transport. Bound to a {@link TunAddress} it creates the
 * interface, or attaches to a persistent one; closed it lets go of it, which removes an interface that is not
 * persistent. Each message read or written is a {@link ByteBuf} with one IP packet, behind a {@code virtio_net_hdr} if
 * {@link TunChannelOption#VNET_HDR} is set.
 *
 * <pre>{@code
 * new Bootstrap()
 *     .group(new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory()))
 *     .channel(TunChannel.class)
 *     .handler(new MyPacketHandler())
 *     .bind(new TunAddress("tun0"));
 * }</pre>
 *
 * <p>A packet that the kernel refuses fails its own write; writing goes on with the next one. A device that is down
 * refuses all writes and reads nothing, until it is up again. A device that is deleted closes the channel.
 *
 * @see TunChannelConfig the options
 */
public final class TunChannel extends AbstractPacketChannel {
    private static final String EXPECTED_TYPES = " (expected: " + StringUtil.simpleClassName(ByteBuf.class) + ')';
    // EBADFD, "file descriptor in bad state": what a TUN descriptor answers once its device is gone. The other errors
    // (EIO: device down, EINVAL: bad packet, ENOBUFS, ENOMEM) concern one packet.
    private static final int DEVICE_GONE = -77;
    // EPIPE: what the other end of a socket pair leaves behind.
    private static final int PEER_GONE = -32;

    private final PacketDevice device;
    private final TunChannelConfig config;

    /** Opens the device node; {@link ChannelException} says in one line why it cannot be. */
    public TunChannel() {
        this(openDevice());
    }

    /** A channel over what stands in for a TUN device, or over one that was opened by other means. */
    public TunChannel(PacketDevice device) {
        this.device = device;
        config = new TunChannelConfig(this);
    }

    private static PacketDevice openDevice() {
        try {
            return TunDevice.open();
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
    }

    @Override
    public FileDescriptor fd() {
        return device.descriptor();
    }

    PacketDevice device() {
        return device;
    }

    @Override
    public TunChannelConfig config() {
        return config;
    }

    /** The interface's name as the kernel gave it; null before the channel is bound. */
    @Override
    public TunAddress localAddress() {
        return (TunAddress) localAddress0();
    }

    @Override
    protected SocketAddress attach(SocketAddress address) throws IOException {
        if (!(address instanceof TunAddress tunAddress)) {
            throw new IllegalArgumentException("unsupported address: " + address + " (expected: a TunAddress)");
        }
        device.attach(tunAddress.name(), config.hasVnetHeader(), config.isMultiQueue());
        config.attached(device.hasVnetHeader(), negotiateOffload());
        return new TunAddress(device.name());
    }

    private TunOffload negotiateOffload() {
        TunOffload level = device.hasVnetHeader() ? config.offload() : TunOffload.NONE;
        while (level != TunOffload.NONE && !device.offer(level.flags())) {
            level = level.lower();
        }
        return level;
    }

    @Override
    protected Object readMessage(ByteBuf buffer) throws IOException {
        int length = 0;
        try {
            length = fd().readAddress(buffer.memoryAddress(), buffer.writerIndex(), buffer.capacity());
        } finally {
            if (length <= 0) {
                buffer.release();
            }
        }
        if (length < 0) {
            throw new Errors.NativeIoException("read", DEVICE_GONE);
        }
        return length == 0 ? null : buffer.writerIndex(buffer.writerIndex() + length);
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf packet) {
            return inOnePiece(packet);
        }
        throw new UnsupportedOperationException(
                "unsupported message type: " + StringUtil.simpleClassName(message) + EXPECTED_TYPES);
    }

    @Override
    protected boolean writeMessage(Object message) throws IOException {
        ByteBuf packet = (ByteBuf) message;
        return !packet.isReadable()
                || fd().writeAddress(packet.memoryAddress(), packet.readerIndex(), packet.writerIndex()) > 0;
    }

    @Override
    protected boolean isFatal(int error) {
        return error == DEVICE_GONE || error == PEER_GONE;
    }
}
