package io.rudder.examples;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.rudder.lease.source.MemoryLeases;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.overlay.Overlay;
import io.rudder.netty.overlay.OverlayListener;
import io.rudder.netty.overlay.OverlayStatus;
import io.rudder.netty.testing.LocalTun;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** An HTTP server that is there already takes an overlay into its own event loops, and tells about it. */
public final class Server {
    private Server() {}

    /** Answers every request with a line about the overlay. */
    private static final class StatusHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final Overlay overlay;

        StatusHandler(Overlay overlay) {
            this.overlay = overlay;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            OverlayStatus status = overlay.status();
            String text = "overlay " + status.state() + ", subnet "
                    + status.subnet().map(Ipv4Prefix::toString).orElse("none") + ", "
                    + status.peers().size() + " peers";
            ByteBuf body = ByteBufUtil.writeUtf8(context.alloc(), text);
            context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body))
                    .addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** Runs the example. */
    public static void main(String[] args) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        Overlay overlay = Overlay.builder()
                .group(group)
                .leases(new MemoryLeases("{\"Network\":\"10.5.0.0/16\",\"Backend\":{\"Type\":\"udp\",\"Port\":8286}}"))
                .underlay(InetAddress.getByName("127.0.0.7"))
                .previousSubnet(Ipv4Prefix.parse("10.5.34.0/24"))
                .device(new LocalTun("s0")::channel)
                .listener(new OverlayListener() {
                    @Override
                    public void onReady(OverlayStatus status) {
                        System.out.println("ready   " + status.subnet().orElseThrow());
                    }
                })
                .build();
        Channel server = listen(group, overlay);
        System.out.println("before  " + ask(server));
        overlay.start();
        overlay.ready().get(10, TimeUnit.SECONDS);
        System.out.println("now     " + ask(server));
        overlay.close().get(10, TimeUnit.SECONDS);
        System.out.println("after   " + ask(server));
        server.close().sync();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private static Channel listen(EventLoopGroup group, Overlay overlay) throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(1000))
                                .addLast(new StatusHandler(overlay));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    private static String ask(Channel server) throws Exception {
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        URI address = URI.create("http://127.0.0.1:" + port + "/");
        URLConnection connection = address.toURL().openConnection();
        connection.setReadTimeout(10_000);
        try (InputStream body = connection.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
