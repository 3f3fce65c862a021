package io.rudder.daemon.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.rudder.status.NodeStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server of a daemon, on a thread of its own, which answers also when the others stand still. */
public final class AdminServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final Duration CONNECTION_BOUND = Duration.ofSeconds(30);
    private static final int MAX_CONNECTIONS = 128;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int MAX_LINE_BYTES = 2048;
    private static final int MAX_BODY_BYTES = 1024;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("rudder-admin", true), EpollIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(group.next());
    private final AdminPages pages;
    private final LoopPulse pulse;
    private Channel listener;

    private AdminServer(AdminPages pages, LoopPulse pulse) {
        this.pages = pages;
        this.pulse = pulse;
    }

    /**
     * Listens and answers until it is closed.
     *
     * @param status the node's status at the moment of the call, on any thread
     * @param pulse the loops that must turn; asked every second from now on
     * @throws IOException with one line fit for an operator, when the port is taken, for example
     */
    public static AdminServer open(AdminSettings settings, Supplier<NodeStatus> status, LoopPulse pulse)
            throws IOException {
        AdminServer server = new AdminServer(new AdminPages(status, pulse, settings.metricsPerPeer()), pulse);
        try {
            server.bind(settings);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        server.runTimers();
        return server;
    }

    private void bind(AdminSettings settings) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        accept(connection);
                    }
                })
                .bind(new InetSocketAddress(settings.ip(), settings.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot answer HTTP on " + settings.ip() + ":" + settings.port() + ": "
                            + bound.cause().getMessage() + "; choose others with -healthz-ip and -healthz-port",
                    bound.cause());
        }
        listener = bound.channel();
        log.info("HTTP at {}", address());
    }

    /** On the admin loop. */
    private void accept(Channel connection) {
        if (connections.size() >= MAX_CONNECTIONS) {
            connection.close();
            return;
        }
        connections.add(connection);
        HttpDecoderConfig limits =
                new HttpDecoderConfig().setMaxInitialLineLength(MAX_LINE_BYTES).setMaxHeaderSize(MAX_HEADER_BYTES);
        connection
                .pipeline()
                .addLast(new HttpServerCodec(limits))
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES, true))
                .addLast(new RequestDeadline(CONNECTION_BOUND))
                .addLast(new AdminHandler(pages));
    }

    private void runTimers() {
        group.next().scheduleAtFixedRate(pulse::beat, 0, 1, TimeUnit.SECONDS);
        group.next().scheduleAtFixedRate(this::sample, 0, History.INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    private void sample() {
        try {
            pages.sample();
        } catch (RuntimeException e) {
            log.error("cannot take a sample of the status", e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
