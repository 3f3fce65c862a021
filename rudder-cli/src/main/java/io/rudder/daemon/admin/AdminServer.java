package io.rudder.daemon.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.util.concurrent.Future;
import io.rudder.status.NodeStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server of a daemon, on a loop that answers also when the others stand still. */
public final class AdminServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final Duration CONNECTION_BOUND = Duration.ofSeconds(30);
    private static final long CLOSE_SECONDS = 1;
    private static final int MAX_CONNECTIONS = 128;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int MAX_LINE_BYTES = 2048;
    private static final int MAX_BODY_BYTES = 1024;

    private final EventLoop loop;
    private final ChannelGroup channels;
    private final Connections connections = new Connections(MAX_CONNECTIONS);
    private final AdminPages pages;
    private final LoopPulse pulse;
    private final List<Future<?>> timers = new ArrayList<>();
    private Channel listener;

    private AdminServer(EventLoop loop, AdminPages pages, LoopPulse pulse) {
        this.loop = loop;
        this.channels = new DefaultChannelGroup(loop);
        this.pages = pages;
        this.pulse = pulse;
    }

    /**
     * Listens and answers until it is closed.
     *
     * @param loop where everything happens, of Netty's epoll transport; not one that carries packets
     * @param status the node's status at the moment of the call, on any thread
     * @param pulse the loops that must turn; asked every second from now on
     * @throws IOException with one line fit for an operator, when the port is taken, for example
     */
    public static AdminServer open(AdminSettings settings, EventLoop loop, Supplier<NodeStatus> status, LoopPulse pulse)
            throws IOException {
        AdminServer server = new AdminServer(loop, new AdminPages(status, pulse, settings.metricsPerPeer()), pulse);
        server.bind(settings);
        server.runTimers();
        return server;
    }

    private void bind(AdminSettings settings) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
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
        channels.add(listener);
        log.info("HTTP at http://{}:{}/", settings.ip(), address().getPort());
    }

    /** On the admin loop. */
    private void accept(Channel connection) {
        channels.add(connection);
        connections.add(connection);
        HttpDecoderConfig limits =
                new HttpDecoderConfig().setMaxInitialLineLength(MAX_LINE_BYTES).setMaxHeaderSize(MAX_HEADER_BYTES);
        connection
                .pipeline()
                .addLast(new HttpServerCodec(limits))
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES, true))
                .addLast(new RequestDeadline(CONNECTION_BOUND, connections::used))
                .addLast(new AdminHandler(pages));
    }

    private void runTimers() {
        timers.add(loop.scheduleAtFixedRate(pulse::beat, 0, 1, TimeUnit.SECONDS));
        timers.add(loop.scheduleAtFixedRate(this::sample, 0, History.INTERVAL_SECONDS, TimeUnit.SECONDS));
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

    /** Closes the listener and all connections; the loop goes on. Not on the loop. */
    @Override
    public void close() {
        timers.forEach(timer -> timer.cancel(false));
        channels.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
