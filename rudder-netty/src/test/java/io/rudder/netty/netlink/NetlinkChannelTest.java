package io.rudder.netty.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NetlinkChannelTest {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @AfterEach
    void close() throws InterruptedException {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }

    private Bootstrap bootstrap() {
        return new Bootstrap().group(group).channel(NetlinkChannel.class).handler(new ChannelInboundHandlerAdapter());
    }

    @Test
    void subscribesWithoutRightsAndCloses() throws InterruptedException {
        Channel channel = bootstrap().bind(NetlinkGroups.IPV4_HOST).sync().channel();
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.localAddress()).isEqualTo(NetlinkGroups.IPV4_HOST);

        assertThat(channel.close().await(5, TimeUnit.SECONDS)).isTrue();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void bindsToNothingElse() throws InterruptedException {
        assertThat(bootstrap().bind(new InetSocketAddress(0)).await().cause())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NetlinkGroups");
    }
}
