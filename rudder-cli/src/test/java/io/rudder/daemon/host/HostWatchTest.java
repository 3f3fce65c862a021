package io.rudder.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.netlink.NetlinkChannel;
import io.rudder.netty.netlink.NetlinkGroups;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostWatchTest {
    private static final Ipv4Prefix NETWORK = Ipv4Prefix.parse("10.0.0.0/16");

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @AfterEach
    void close() throws InterruptedException {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(15, TimeUnit.SECONDS);
    }

    private static Channel withoutFilter(NetlinkGroups groups) {
        if (groups == NetlinkGroups.NFTABLES) {
            throw new ChannelException("cannot open a netlink socket: Protocol not supported");
        }
        return new NetlinkChannel(groups);
    }

    @Test
    void saysWhereTheKernelDoesNotTellOfThePacketFilter() {
        HostWatch watch = HostWatch.open(group, NETWORK, () -> {}, () -> {}, HostWatchTest::withoutFilter);

        assertThat(watch.hearsFilter()).isFalse();
        assertThatCode(watch::close).doesNotThrowAnyException();
    }
}
