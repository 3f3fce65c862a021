package io.rudder.daemon.host;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.netlink.NetlinkChannel;
import io.rudder.netty.netlink.NetlinkGroups;
import io.rudder.netty.netlink.RouteChange;
import io.rudder.netty.netlink.RouteMessages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells, from the kernel's own notifications, that something changed on the host which the overlay depends on: an
 * interface, an address, or a route inside the overlay's network. What it was, whoever listens has to look at: a
 * notification says what somebody did, not what is there now. Lives on one event loop.
 */
public final class HostWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HostWatch.class);

    private final Channel channel;

    private HostWatch(Channel channel) {
        this.channel = channel;
    }

    /**
     * Starts to watch; where that cannot be, a warning says so and nothing is heard.
     *
     * @param group loops of Netty's epoll transport
     * @param network all addresses of the overlay
     * @param onChange called on a loop, once for all changes that are read together
     */
    public static HostWatch open(EventLoopGroup group, Ipv4Prefix network, Runnable onChange) {
        ChannelFuture bound = new Bootstrap()
                .group(group)
                .channel(NetlinkChannel.class)
                .handler(new ChangeHandler(network, onChange))
                .bind(NetlinkGroups.IPV4_HOST);
        bound.addListener(done -> {
            if (!done.isSuccess()) {
                log.warn(
                        "changes on the host are noticed late: {}", done.cause().getMessage());
            }
        });
        return new HostWatch(bound.channel());
    }

    @Override
    public void close() {
        channel.close();
    }

    private static final class ChangeHandler extends SimpleChannelInboundHandler<ByteBuf> {
        private final Ipv4Prefix network;
        private final Runnable onChange;
        private boolean concerned;

        ChangeHandler(Ipv4Prefix network, Runnable onChange) {
            this.network = network;
            this.onChange = onChange;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf datagram) {
            RouteMessages.read(datagram, change -> {
                if (concerns(change)) {
                    concerned = true;
                }
            });
        }

        /** A router's table may change all the time: only what overlaps the network counts. */
        private boolean concerns(RouteChange change) {
            return !(change instanceof RouteChange.Route route)
                    || route.destination().length() > 0 && route.destination().overlaps(network);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (concerned) {
                concerned = false;
                onChange.run();
            }
        }

        /** Notifications were lost (ENOBUFS): anything may have changed. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            log.debug("netlink: {}", cause.getMessage());
            onChange.run();
        }
    }
}
