package io.rudder.netty.tun;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.PreferredDirectByteBufAllocator;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelUtil;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.internal.StringUtil;
import io.rudder.netty.tun.linux.TunDevice;
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
public final class TunChannel extends AbstractChannel implements UnixChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 64);
    private static final String EXPECTED_TYPES = " (expected: " + StringUtil.simpleClassName(ByteBuf.class) + ')';
    // EBADFD, "file descriptor in bad state": what a TUN descriptor answers once its device is gone. The other errors
    // (EIO: device down, EINVAL: bad packet, ENOBUFS, ENOMEM) concern one packet.
    private static final int DEVICE_GONE = -77;
    // EPOLLERR stays on: an empty set would take the descriptor out of the epoll instance for good.
    private static final EpollIoOps IDLE = EpollIoOps.EPOLLERR;

    private final TunDevice device;
    private final TunChannelConfig config;
    private final PreferredDirectByteBufAllocator allocator = new PreferredDirectByteBufAllocator();
    private IoRegistration registration;
    private EpollIoOps ops = IDLE;
    private boolean readPending;
    private volatile TunAddress local;
    private volatile boolean active;

    /** Opens the device node; {@link ChannelException} says in one line why it cannot be. */
    public TunChannel() {
        super(null);
        try {
            device = TunDevice.open();
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
        config = new TunChannelConfig(this);
    }

    @Override
    public FileDescriptor fd() {
        return device.descriptor();
    }

    TunDevice device() {
        return device;
    }

    @Override
    public TunChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return fd().isOpen();
    }

    @Override
    public boolean isActive() {
        return active;
    }

    /** The interface's name as the kernel gave it; null before the channel is bound. */
    @Override
    public TunAddress localAddress() {
        return local;
    }

    @Override
    protected SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return null;
    }

    // ---- life: register, bind, close

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(TunUnsafe.class);
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop()).register((TunUnsafe) unsafe()).addListener(future -> {
            if (future.isSuccess()) {
                registration = (IoRegistration) future.getNow();
                promise.setSuccess();
            } else {
                promise.setFailure(future.cause());
            }
        });
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        if (!(address instanceof TunAddress tunAddress)) {
            throw new IllegalArgumentException("unsupported address: " + address + " (expected: a TunAddress)");
        }
        device.attach(tunAddress.name(), config.hasVnetHeader(), config.isMultiQueue());
        config.offloadGranted(negotiateOffload());
        config.applyMtu();
        local = new TunAddress(device.name());
        active = true;
        // Polled from here on only: an unattached descriptor reports EPOLLERR without end.
        registration.submit(ops);
    }

    private TunOffload negotiateOffload() {
        TunOffload level = config.hasVnetHeader() ? config.offload() : TunOffload.NONE;
        while (level != TunOffload.NONE && !device.offer(level.flags())) {
            level = level.lower();
        }
        return level;
    }

    @Override
    protected void doDisconnect() throws Exception {
        doClose();
    }

    @Override
    protected void doClose() throws Exception {
        active = false;
        try {
            doDeregister();
        } finally {
            fd().close();
        }
    }

    @Override
    protected void doDeregister() {
        if (registration != null) {
            registration.cancel();
        }
    }

    // ---- reading

    @Override
    protected void doBeginRead() {
        readPending = true;
        enable(EpollIoOps.EPOLLIN);
    }

    /** Takes back the read that auto-read has asked for already. */
    void autoReadCleared() {
        if (!isRegistered()) {
            return;
        }
        if (!eventLoop().inEventLoop()) {
            eventLoop().execute(this::autoReadCleared);
        } else if (!config.isAutoRead()) {
            readPending = false;
            disable(EpollIoOps.EPOLLIN);
        }
    }

    private void readPackets() {
        RecvByteBufAllocator.ExtendedHandle allocHandle =
                (RecvByteBufAllocator.ExtendedHandle) unsafe().recvBufAllocHandle();
        allocHandle.reset(config);
        allocator.updateAllocator(config.getAllocator());
        ChannelPipeline pipeline = pipeline();
        IOException failure = null;
        try {
            do {
                ByteBuf packet = readPacket(allocHandle);
                if (packet == null) {
                    break;
                }
                readPending = false;
                allocHandle.incMessagesRead(1);
                pipeline.fireChannelRead(packet);
                // A handler may have closed the channel, and its descriptor's number may be someone else's by now. A
                // packet shorter than its buffer does not mean that it was the last one.
            } while (isOpen() && allocHandle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER));
        } catch (IOException e) {
            failure = e;
        }
        allocHandle.readComplete();
        pipeline.fireChannelReadComplete();
        if (failure != null) {
            readFailed(failure);
        }
        if (!readPending && !config.isAutoRead() && isOpen()) {
            disable(EpollIoOps.EPOLLIN);
        }
    }

    private ByteBuf readPacket(RecvByteBufAllocator.ExtendedHandle allocHandle) throws IOException {
        ByteBuf buffer = allocHandle.allocate(allocator);
        boolean filled = false;
        try {
            allocHandle.attemptedBytesRead(buffer.writableBytes());
            int length = fd().readAddress(buffer.memoryAddress(), buffer.writerIndex(), buffer.capacity());
            allocHandle.lastBytesRead(length);
            filled = length > 0;
            buffer.writerIndex(buffer.writerIndex() + Math.max(0, length));
            return filled ? buffer : null;
        } finally {
            if (!filled) {
                buffer.release();
            }
        }
    }

    private void readFailed(IOException failure) {
        pipeline().fireExceptionCaught(failure);
        if (isDeviceGone(failure)) {
            unsafe().close(voidPromise());
        }
    }

    // ---- writing

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (!(message instanceof ByteBuf packet)) {
            throw new UnsupportedOperationException(
                    "unsupported message type: " + StringUtil.simpleClassName(message) + EXPECTED_TYPES);
        }
        // One write is one packet, so what lies in pieces is copied together.
        if (packet.hasMemoryAddress() && !UnixChannelUtil.isBufferCopyNeededForWrite(packet)) {
            return packet;
        }
        ByteBuf copy = alloc().directBuffer(packet.readableBytes());
        copy.writeBytes(packet);
        packet.release();
        return copy;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        for (int budget = maxMessagesPerWrite(); budget > 0; budget--) {
            ByteBuf packet = (ByteBuf) in.current();
            if (packet == null) {
                disable(EpollIoOps.EPOLLOUT);
                return;
            }
            try {
                if (!packet.isReadable() || writePacket(packet)) {
                    in.remove();
                } else {
                    break;
                }
            } catch (IOException e) {
                in.remove(e);
                if (isDeviceGone(e)) {
                    unsafe().close(voidPromise());
                    return;
                }
            }
        }
        if (!in.isEmpty()) {
            enable(EpollIoOps.EPOLLOUT);
        }
    }

    private boolean writePacket(ByteBuf packet) throws IOException {
        return fd().writeAddress(packet.memoryAddress(), packet.readerIndex(), packet.writerIndex()) > 0;
    }

    private static boolean isDeviceGone(IOException failure) {
        return failure instanceof Errors.NativeIoException nativeFailure && nativeFailure.expectedErr() == DEVICE_GONE;
    }

    // ---- readiness

    private void enable(EpollIoOps added) {
        if (!ops.contains(added)) {
            submit(ops.with(added));
        }
    }

    private void disable(EpollIoOps removed) {
        if (ops.contains(removed)) {
            submit(ops.without(removed));
        }
    }

    private void submit(EpollIoOps wanted) {
        ops = wanted;
        if (active && registration != null && registration.isValid()) {
            registration.submit(wanted);
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new TunUnsafe();
    }

    private final class TunUnsafe extends AbstractUnsafe implements EpollIoHandle {
        @Override
        public FileDescriptor fd() {
            return TunChannel.this.fd();
        }

        @Override
        public void handle(IoRegistration source, IoEvent event) {
            EpollIoOps ready = ((EpollIoEvent) event).ops();
            if (ready.contains(EpollIoOps.EPOLLOUT)) {
                super.flush0();
            }
            // A read tells what an EPOLLERR is about.
            if (isOpen() && (ready.contains(EpollIoOps.EPOLLIN) || ready.contains(EpollIoOps.EPOLLERR))) {
                readPackets();
            }
        }

        @Override
        protected void flush0() {
            // What waits for EPOLLOUT is written when that comes, not with each flush in between.
            if (!ops.contains(EpollIoOps.EPOLLOUT)) {
                super.flush0();
            }
        }

        @Override
        public void connect(SocketAddress remote, SocketAddress ignored, ChannelPromise promise) {
            promise.tryFailure(new UnsupportedOperationException("a TUN device is bound, not connected"));
        }

        @Override
        public void close() {
            close(voidPromise());
        }
    }
}
