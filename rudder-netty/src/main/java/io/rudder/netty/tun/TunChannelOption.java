package io.rudder.netty.tun;

import io.netty.channel.ChannelOption;

/** Options of a {@link TunChannel}; see {@link TunChannelConfig} for the table. */
public final class TunChannelOption {
    /** Whether messages start with a {@code virtio_net_hdr}, which is what offloads need. */
    public static final ChannelOption<Boolean> VNET_HDR = option("VNET_HDR");

    /** Which work on packets the kernel may leave to the channel's handlers. */
    public static final ChannelOption<TunOffload> OFFLOAD = option("OFFLOAD");

    /** Whether several channels may bind to one interface. */
    public static final ChannelOption<Boolean> MULTI_QUEUE = option("MULTI_QUEUE");

    /** The interface's MTU in bytes. */
    public static final ChannelOption<Integer> MTU = option("MTU");

    private TunChannelOption() {}

    private static <T> ChannelOption<T> option(String name) {
        return ChannelOption.valueOf(TunChannelOption.class, name);
    }
}
