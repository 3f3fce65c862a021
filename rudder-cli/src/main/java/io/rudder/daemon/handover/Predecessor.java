package io.rudder.daemon.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.tunnel.TunnelDescriptors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The daemon that has the tunnel until this one takes it. See {@link HandOverServer} for what is said. */
public final class Predecessor {
    private static final long LIMIT_SECONDS = 5;

    private final EventLoopGroup group;
    private final Channel connection;
    private final CompletableFuture<TunnelDescriptors> received;

    private Predecessor(EventLoopGroup group, Channel connection, CompletableFuture<TunnelDescriptors> received) {
        this.group = group;
        this.connection = connection;
        this.received = received;
    }

    /**
     * Finds the daemon that listens at a socket.
     *
     * @param queues how many queues the device is to have
     * @return empty if none does
     */
    public static Optional<Predecessor> find(EventLoopGroup group, Path path, int queues) {
        CompletableFuture<TunnelDescriptors> received = new CompletableFuture<>();
        ChannelFuture connected = new Bootstrap()
                .group(group)
                .channel(EpollDomainSocketChannel.class)
                .option(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(new DescriptorHandler(queues, received))
                .connect(new DomainSocketAddress(path.toFile()))
                .awaitUninterruptibly();
        return connected.isSuccess()
                ? Optional.of(new Predecessor(group, connected.channel(), received))
                : Optional.empty();
    }

    /**
     * Asks for the tunnel; the other daemon carries packets, too, until {@link #confirm}.
     *
     * @throws IOException if it does not give it
     */
    public TunnelDescriptors take(int queues) throws IOException {
        Rehearsal.run(group);
        say(HandOverServer.REQUEST + queues);
        try {
            return received.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw refusal("the running daemon gave no answer within " + LIMIT_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal("interrupted");
        }
    }

    /** What arrives from now on is closed, and the other daemon hears that it is to go on. */
    private IOException refusal(String reason) {
        IOException refusal = new IOException(reason);
        if (!received.completeExceptionally(refusal)) {
            received.thenAccept(TunnelDescriptors::close);
        }
        connection.close();
        return refusal;
    }

    /**
     * Tells the other daemon that this one carries packets and goes on with the tunnel; it ends then.
     *
     * @throws IOException if it has not waited for that
     */
    public void confirm() throws IOException {
        ChannelFuture said = say(HandOverServer.GOES_ON);
        if (!said.awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS) || !said.isSuccess()) {
            throw new IOException("the running daemon goes on with its tunnel itself; its log says why", said.cause());
        }
    }

    private ChannelFuture say(String line) {
        return connection.writeAndFlush(Unpooled.copiedBuffer(line + "\n", StandardCharsets.US_ASCII));
    }

    /** Waits until the other daemon has ended, and tells whether it has. */
    public boolean awaitEnd() {
        return connection.closeFuture().awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static final class DescriptorHandler extends SimpleChannelInboundHandler<FileDescriptor> {
        private final int queues;
        private final CompletableFuture<TunnelDescriptors> received;
        private final List<FileDescriptor> descriptors = new ArrayList<>();

        DescriptorHandler(int queues, CompletableFuture<TunnelDescriptors> received) {
            this.queues = queues;
            this.received = received;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FileDescriptor descriptor) {
            descriptors.add(descriptor);
            if (descriptors.size() == 2 * queues) {
                TunnelDescriptors all = new TunnelDescriptors(
                        List.copyOf(descriptors.subList(0, queues)),
                        List.copyOf(descriptors.subList(queues, 2 * queues)));
                if (received.complete(all)) {
                    descriptors.clear();
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            received.completeExceptionally(new IOException(
                    "the running daemon does not hand its tunnel over; its log says why (the same -queues?)"));
            // Those that nobody waited for.
            new TunnelDescriptors(descriptors, List.of()).close();
        }
    }
}
