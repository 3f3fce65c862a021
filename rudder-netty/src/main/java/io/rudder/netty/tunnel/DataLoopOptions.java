package io.rudder.netty.tunnel;

import java.net.InetSocketAddress;

/**
 * What all loops of a tunnel have in common.
 *
 * @param underlay where datagrams are received and sent from
 * @param offload whether to use the kernel's offloads as far as it has them
 * @param shared whether several loops share device and address
 */
record DataLoopOptions(InetSocketAddress underlay, boolean offload, boolean shared) {}
