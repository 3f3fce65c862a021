package io.rudder.netty.tunnel;

import java.net.InetSocketAddress;

/**
 * What all loops of a tunnel have in common.
 *
 * @param settings what was decided about the tunnel
 * @param underlay where datagrams are received and sent from
 * @param longQueues whether the kernel is to keep packets for seconds while nobody reads
 */
record DataLoopOptions(TunnelSettings settings, InetSocketAddress underlay, boolean longQueues) {}
