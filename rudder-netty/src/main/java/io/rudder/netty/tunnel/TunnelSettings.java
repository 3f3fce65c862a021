package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.rudder.netty.tun.TunChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * What an application has decided about a tunnel, whatever leases it has; made by a {@link TunnelBuilder}.
 *
 * @param group the loops that carry packets
 * @param tunName the name of the TUN device to make
 * @param offload whether to use the kernel's offloads, as far as it has them
 * @param queues over how many loops to spread the packets
 * @param probeInterval how often the way to each peer is measured; empty for not at all
 * @param allocator where buffers come from
 * @param device makes the device's channels
 * @param tunHandler first in each device's pipeline; its own or a shared one
 * @param udpHandler first in each socket's pipeline; its own or a shared one
 */
public record TunnelSettings(
        EventLoopGroup group,
        String tunName,
        boolean offload,
        int queues,
        Optional<Duration> probeInterval,
        ByteBufAllocator allocator,
        ChannelFactory<? extends TunChannel> device,
        ChannelHandler tunHandler,
        ChannelHandler udpHandler) {
    /** Whether several loops share device and address. */
    boolean isShared() {
        return queues > 1;
    }
}
