package io.rudder.daemon.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits at a Unix socket for the daemon that is to go on with the tunnel. What is said there:
 *
 * <pre>
 *   successor:  rudder-hand-over 3 {queues}\n
 *   this one:   a descriptor of each queue of the device, one of each UDP socket
 *               ... both carry packets, each those that it reads
 *   successor:  goes on\n
 *   this one:   one more descriptor, which only says yes: from now on the tunnel is the successor's
 *               ... this one stops reading, and sends what it had read; end of the connection, when it has ended
 * </pre>
 *
 * A request that cannot be met is answered by the end of the connection alone. A successor that ends it, or does not say
 * that it goes on, leaves the tunnel to this process, and so does one that is not there any more to hear the yes. One
 * that does not hear it ends, and leaves everything as it is.
 */
public final class HandOverServer implements AutoCloseable {
    /** The first word of a request. */
    static final String REQUEST = "rudder-hand-over 3 ";

    /** What a successor says that carries packets. */
    static final String GOES_ON = "goes on";

    private static final Logger log = LoggerFactory.getLogger(HandOverServer.class);
    private static final int MAX_REQUEST_LENGTH = 64;

    private final Path path;
    private final Channel channel;

    private HandOverServer(Path path, Channel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Listens; only root may connect. To be called by the owner of the tunnel: a socket file that is there already is
     * what an earlier one left.
     *
     * @param onRequest called on the loop
     * @throws IOException if it cannot listen there
     */
    public static HandOverServer open(EventLoopGroup group, Path path, Consumer<Successor> onRequest)
            throws IOException {
        Files.createDirectories(path.getParent());
        Files.deleteIfExists(path);
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline()
                                .addLast(new LineBasedFrameDecoder(MAX_REQUEST_LENGTH))
                                .addLast(new StringDecoder(StandardCharsets.US_ASCII))
                                .addLast(new RequestHandler(onRequest));
                    }
                })
                .bind(new DomainSocketAddress(path.toFile()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen at " + path + ": " + bound.cause().getMessage(), bound.cause());
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return new HandOverServer(path, bound.channel());
    }

    /** Listens no more, and removes the socket's file, where the next daemon will have its own. */
    @Override
    public void close() {
        if (channel.isOpen()) {
            channel.close().awaitUninterruptibly();
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                log.debug("{} stays: {}", path, e.getMessage());
            }
        }
    }

    private static final class RequestHandler extends SimpleChannelInboundHandler<String> {
        private final Consumer<Successor> onRequest;
        private Optional<Successor> successor = Optional.empty();

        RequestHandler(Consumer<Successor> onRequest) {
            this.onRequest = onRequest;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, String line) {
            if (successor.isPresent() && line.equals(GOES_ON)) {
                successor.get().goesOn();
                return;
            }
            try {
                if (successor.isPresent() || !line.startsWith(REQUEST)) {
                    throw new NumberFormatException();
                }
                int queues = Integer.parseInt(line.substring(REQUEST.length()));
                successor = Optional.of(new Successor(context.channel(), queues));
                onRequest.accept(successor.get());
            } catch (NumberFormatException e) {
                log.warn("somebody asked for the tunnel in a way that is not understood (another version?)");
                context.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            log.debug("hand-over: {}", cause.getMessage());
            context.close();
        }
    }
}
