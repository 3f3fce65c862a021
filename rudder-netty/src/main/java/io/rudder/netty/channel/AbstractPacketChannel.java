package io.rudder.netty.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
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
import java.io.IOException;
import java.net.SocketAddress;

/**
 * A channel on Netty's epoll transport whose descriptor gives and takes whole messages, one a system call. A message
 * that the kernel refuses fails its own write; writing goes on with the next one. All state belongs to the channel's
 * event loop.
 */
public abstract class AbstractPacketChannel extends AbstractChannel implements UnixChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 64);
    // EPOLLERR stays on: an empty set would take the descriptor out of the epoll instance for good.
    private static final EpollIoOps IDLE = EpollIoOps.EPOLLERR;

    // A read tells what an EPOLLERR or an EPOLLHUP (0x10, which is reported whether asked for or not) is about.
    private static final EpollIoOps READ_EVENTS =
            EpollIoOps.valueOf(0x10).with(EpollIoOps.EPOLLERR).with(EpollIoOps.EPOLLIN);

    private final PreferredDirectByteBufAllocator directAllocator = new PreferredDirectByteBufAllocator();
    private IoRegistration registration;
    private EpollIoOps ops = IDLE;
    private boolean readPending;
    private volatile SocketAddress local;
    private volatile boolean active;

    /** A channel that is registered and bound later. */
    protected AbstractPacketChannel() {
        super(null);
    }

    /**
     * Makes the descriptor ready to be polled.
     *
     * @return the address that it got
     */
    protected abstract SocketAddress attach(SocketAddress address) throws IOException;

    /**
     * Reads one message into an empty direct buffer, and passes the buffer on in it or releases it.
     *
     * @return null if there is nothing to read
     */
    protected abstract Object readMessage(ByteBuf buffer) throws IOException;

    /** Writes one message, which {@link #filterOutboundMessage} has let through; false if that must wait. */
    protected abstract boolean writeMessage(Object message) throws IOException;

    /** Whether an error, as a negative errno, means that the descriptor is of no more use. */
    protected abstract boolean isFatal(int error);

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
        return loop instanceof IoEventLoop ioLoop && ioLoop.isCompatible(PacketUnsafe.class);
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop()).register((PacketUnsafe) unsafe()).addListener(future -> {
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
        local = attach(address);
        active = true;
        // Polled from here on only: a TUN descriptor without a device reports EPOLLERR without end.
        registration.submit(ops);
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

    /** Takes back the read that auto-read has asked for already; for the configuration to call. On any thread. */
    public final void autoReadCleared() {
        if (!isRegistered()) {
            return;
        }
        if (!eventLoop().inEventLoop()) {
            eventLoop().execute(this::autoReadCleared);
        } else if (!config().isAutoRead()) {
            readPending = false;
            disable(EpollIoOps.EPOLLIN);
        }
    }

    private void readMessages() {
        RecvByteBufAllocator.ExtendedHandle allocHandle =
                (RecvByteBufAllocator.ExtendedHandle) unsafe().recvBufAllocHandle();
        allocHandle.reset(config());
        directAllocator.updateAllocator(config().getAllocator());
        ChannelPipeline pipeline = pipeline();
        IOException failure = null;
        try {
            do {
                Object message = readOne(allocHandle);
                if (message == null) {
                    break;
                }
                readPending = false;
                allocHandle.incMessagesRead(1);
                pipeline.fireChannelRead(message);
                // A handler may have closed the channel, and its descriptor's number may be someone else's by now. A
                // message shorter than its buffer does not mean that it was the last one.
            } while (isOpen() && allocHandle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER));
        } catch (IOException e) {
            failure = e;
        }
        allocHandle.readComplete();
        pipeline.fireChannelReadComplete();
        if (failure != null) {
            readFailed(failure);
        }
        if (!readPending && !config().isAutoRead() && isOpen()) {
            disable(EpollIoOps.EPOLLIN);
        }
    }

    private Object readOne(RecvByteBufAllocator.ExtendedHandle allocHandle) throws IOException {
        ByteBuf buffer = allocHandle.allocate(directAllocator);
        int capacity = buffer.writableBytes();
        allocHandle.attemptedBytesRead(capacity);
        Object message = readMessage(buffer);
        // Handles take 0 for the end of what there is, and a message for more to come whatever its length.
        allocHandle.lastBytesRead(message == null ? 0 : capacity);
        return message;
    }

    private void readFailed(IOException failure) {
        pipeline().fireExceptionCaught(failure);
        if (isFatal(failure)) {
            unsafe().close(voidPromise());
        }
    }

    // ---- writing

    /** One write is one message, so what lies in pieces or on the heap is copied together; takes the reference. */
    protected final ByteBuf inOnePiece(ByteBuf packet) {
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
            Object message = in.current();
            if (message == null) {
                disable(EpollIoOps.EPOLLOUT);
                return;
            }
            try {
                if (writeMessage(message)) {
                    in.remove();
                } else {
                    break;
                }
            } catch (IOException e) {
                in.remove(e);
                if (isFatal(e)) {
                    unsafe().close(voidPromise());
                    return;
                }
            }
        }
        if (!in.isEmpty()) {
            enable(EpollIoOps.EPOLLOUT);
        }
    }

    private boolean isFatal(IOException failure) {
        return failure instanceof Errors.NativeIoException nativeFailure && isFatal(nativeFailure.expectedErr());
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
        return new PacketUnsafe();
    }

    private final class PacketUnsafe extends AbstractUnsafe implements EpollIoHandle {
        @Override
        public FileDescriptor fd() {
            return AbstractPacketChannel.this.fd();
        }

        @Override
        public void handle(IoRegistration source, IoEvent event) {
            EpollIoOps ready = ((EpollIoEvent) event).ops();
            if (ready.contains(EpollIoOps.EPOLLOUT)) {
                super.flush0();
            }
            if (isOpen() && ready.contains(READ_EVENTS)) {
                readMessages();
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
            promise.tryFailure(new UnsupportedOperationException("the channel is bound, not connected"));
        }

        @Override
        public void close() {
            close(voidPromise());
        }
    }
}
