package io.rudder.netty.tunnel;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.rudder.netty.tun.TunChannel;
import java.net.InetSocketAddress;

/**
 * What all loops of a tunnel have in common.
 *
 * @param underlay where datagrams are received and sent from
 * @param offload whether to use the kernel's offloads as far as it has them
 * @param longQueues whether the kernel is to keep packets for seconds while nobody reads
 * @param shared whether several loops share device and address
 * @param memory where buffers come from
 * @param device makes the device's channels
 * @param tunHandler first in each device's pipeline; its own or a shared one
 * @param udpHandler first in each socket's pipeline; its own or a shared one
 */
record DataLoopOptions(
        InetSocketAddress underlay,
        boolean offload,
        boolean longQueues,
        boolean shared,
        ByteBufAllocator memory,
        ChannelFactory<? extends TunChannel> device,
        ChannelHandler tunHandler,
        ChannelHandler udpHandler) {}
