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
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
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
    private final CompletableFuture<Boolean> agreed;

    private Predecessor(EventLoopGroup group, Channel connection, DescriptorHandler handler) {
        this.group = group;
        this.connection = connection;
        this.received = handler.received;
        this.agreed = handler.agreed;
    }

    /**
     * Finds the daemon that listens at a socket.
     *
     * @param queues how many queues the device is to have
     * @return empty if none does
     */
    public static Optional<Predecessor> find(EventLoopGroup group, Path path, int queues) {
        DescriptorHandler handler = new DescriptorHandler(queues);
        ChannelFuture connected = new Bootstrap()
                .group(group)
                .channel(EpollDomainSocketChannel.class)
                .option(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(handler)
                .connect(new DomainSocketAddress(path.toFile()))
                .awaitUninterruptibly();
        return connected.isSuccess()
                ? Optional.of(new Predecessor(group, connected.channel(), handler))
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
     * Tells the other daemon that this one carries packets and goes on with the tunnel, and waits until it agrees; it ends
     * then.
     *
     * @throws IOException if it does not: the tunnel, and all that belongs to it, is not this daemon's
     */
    public void confirm() throws IOException {
        say(HandOverServer.GOES_ON);
        if (!agrees()) {
            throw new IOException("the running daemon goes on with its tunnel itself; its log says why");
        }
    }

    private boolean agrees() {
        try {
            return agreed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            listenNoMore();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            listenNoMore();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return agreed.join();
    }

    /**
     * The kernel decides: what the other daemon has said is read, and if it says anything after this, it learns that
     * nobody hears it. Not through the channel, which would not read what is there already.
     */
    private void listenNoMore() {
        connection.eventLoop().execute(() -> {
            if (connection.isOpen()) {
                try {
                    new Socket(((UnixChannel) connection).fd().intValue()).shutdown(true, false);
                } catch (IOException e) {
                    connection.close();
                }
            }
        });
    }

    private void say(String line) {
        connection.writeAndFlush(Unpooled.copiedBuffer(line + "\n", StandardCharsets.US_ASCII));
    }

    /** Has a task run once the other daemon has ended, and so given up its ports and sockets; on any thread. */
    public void onEnd(Runnable task) {
        connection.closeFuture().addListener(closed -> task.run());
    }

    private static final class DescriptorHandler extends SimpleChannelInboundHandler<FileDescriptor> {
        private final int queues;
        private final CompletableFuture<TunnelDescriptors> received = new CompletableFuture<>();
        private final CompletableFuture<Boolean> agreed = new CompletableFuture<>();
        private final List<FileDescriptor> descriptors = new ArrayList<>();
        private boolean given;

        DescriptorHandler(int queues) {
            this.queues = queues;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FileDescriptor descriptor) throws IOException {
            if (given) {
                descriptor.close();
                agreed.complete(true);
                return;
            }
            descriptors.add(descriptor);
            if (descriptors.size() == 2 * queues) {
                TunnelDescriptors all = new TunnelDescriptors(
                        List.copyOf(descriptors.subList(0, queues)),
                        List.copyOf(descriptors.subList(queues, 2 * queues)));
                given = received.complete(all);
                if (given) {
                    descriptors.clear();
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            received.completeExceptionally(
                    new IOException(
                            "the running daemon does not hand its tunnel over; its log says why (other -queues, or another version?)"));
            agreed.complete(false);
            // Those that nobody waited for.
            new TunnelDescriptors(descriptors, List.of()).close();
        }
    }
}
