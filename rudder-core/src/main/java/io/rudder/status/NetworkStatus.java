package io.rudder.status;

/**
 * The configuration that the node runs with.
 *
 * @param network all addresses of the overlay, a.b.c.d/len
 * @param subnetLength prefix length of each node's subnet
 * @param subnetMin first subnet to hand out
 * @param subnetMax last subnet to hand out
 * @param backend {@code udp} or {@code alloc}
 * @param port the UDP port of all nodes
 * @param changePending whether etcd has another configuration, which applies at the next start
 */
public record NetworkStatus(
        String network,
        int subnetLength,
        String subnetMin,
        String subnetMax,
        String backend,
        int port,
        boolean changePending) {}
