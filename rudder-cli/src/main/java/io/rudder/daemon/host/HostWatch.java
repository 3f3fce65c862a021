package io.rudder.daemon.host;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.netlink.FilterMessages;
import io.rudder.netty.netlink.NetlinkChannel;
import io.rudder.netty.netlink.NetlinkGroups;
import io.rudder.netty.netlink.RouteChange;
import io.rudder.netty.netlink.RouteMessages;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells, from the kernel's own notifications, that something changed on the host which the overlay depends on: an
 * interface, an address, a route inside the overlay's network, or the packet filter. What it was, whoever listens has
 * to look at: a notification says what somebody did, not what is there now. Lives on one event loop.
 */
public final class HostWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HostWatch.class);

    private final Optional<Channel> host;
    private final Optional<Channel> filter;

    private HostWatch(Optional<Channel> host, Optional<Channel> filter) {
        this.host = host;
        this.filter = filter;
    }

    /**
     * Starts to watch; where that cannot be, a warning says so and nothing is heard. Not on one of the loops.
     *
     * @param group loops of Netty's epoll transport
     * @param network all addresses of the overlay
     * @param onChange called on a loop, once for all changes that are read together
     * @param onFilterChange the same for the packet filter; never called where it is that of the older kernel interface
     */
    public static HostWatch open(EventLoopGroup group, Ipv4Prefix network, Runnable onChange, Runnable onFilterChange) {
        return open(group, network, onChange, onFilterChange, NetlinkChannel::new);
    }

    /** The same by other channels. */
    static HostWatch open(
            EventLoopGroup group,
            Ipv4Prefix network,
            Runnable onChange,
            Runnable onFilterChange,
            Function<NetlinkGroups, Channel> channels) {
        Predicate<ByteBuf> concernsHost = datagram -> concernsHost(datagram, network);
        return new HostWatch(
                watch(group, NetlinkGroups.IPV4_HOST, channels, new ChangeHandler(concernsHost, onChange)),
                watch(
                        group,
                        NetlinkGroups.NFTABLES,
                        channels,
                        new ChangeHandler(FilterMessages::concernChains, onFilterChange)));
    }

    /** Empty where it cannot be: a kernel may be without a part, and a container without the right. */
    private static Optional<Channel> watch(
            EventLoopGroup group,
            NetlinkGroups groups,
            Function<NetlinkGroups, Channel> channels,
            ChangeHandler handler) {
        ChannelFuture bound = new Bootstrap()
                .group(group)
                .channelFactory(() -> channels.apply(groups))
                .handler(handler)
                .bind(groups)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            log.warn("changes on the host are noticed late: {}", bound.cause().getMessage());
            return Optional.empty();
        }
        return Optional.of(bound.channel());
    }

    /** Whether changes of nftables' chains are heard. */
    public boolean hearsFilter() {
        return filter.isPresent();
    }

    private static boolean concernsHost(ByteBuf datagram, Ipv4Prefix network) {
        boolean[] found = new boolean[1];
        RouteMessages.read(datagram, change -> found[0] |= concerns(change, network));
        return found[0];
    }

    /** A router's table may change all the time: only what overlaps the network counts. */
    private static boolean concerns(RouteChange change, Ipv4Prefix network) {
        return !(change instanceof RouteChange.Route route)
                || route.destination().length() > 0 && route.destination().overlaps(network);
    }

    @Override
    public void close() {
        host.ifPresent(Channel::close);
        filter.ifPresent(Channel::close);
    }

    private static final class ChangeHandler extends SimpleChannelInboundHandler<ByteBuf> {
        private final Predicate<ByteBuf> concerns;
        private final Runnable onChange;
        private boolean concerned;

        ChangeHandler(Predicate<ByteBuf> concerns, Runnable onChange) {
            this.concerns = concerns;
            this.onChange = onChange;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf datagram) {
            concerned = concerned || concerns.test(datagram);
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
