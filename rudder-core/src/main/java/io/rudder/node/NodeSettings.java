package io.rudder.node;

import io.rudder.lease.LeaseTerms;
import io.rudder.lease.NodeIdentity;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a host brings along when it joins an overlay.
 *
 * @param nodeId the host's identity, which outlives its address; 32 hexadecimal digits
 * @param publicIp the address at which its peers reach it
 * @param port the UDP port of all hosts, if it is not to be that of the network configuration
 * @param previousSubnet the subnet that the host had before, to be had again if it is free
 * @param timeToLive how long the lease outlives its last renewal, whole seconds
 * @param renewInterval how long after a renewal the next one follows, shorter than {@code timeToLive}
 * @param takeOver whether to take the lease of a live node with the same public address
 * @param etcdPrefix the key below which the overlay is in etcd, for messages that name a key
 */
public record NodeSettings(
        String nodeId,
        int publicIp,
        OptionalInt port,
        Optional<Ipv4Prefix> previousSubnet,
        Duration timeToLive,
        Duration renewInterval,
        boolean takeOver,
        String etcdPrefix) {
    /** flannel's, a day. */
    public static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofDays(1);

    /** The same at another public address. */
    NodeSettings at(int newPublicIp) {
        return new NodeSettings(
                nodeId, newPublicIp, port, previousSubnet, timeToLive, renewInterval, takeOver, etcdPrefix);
    }

    NodeIdentity identity() {
        return new NodeIdentity(nodeId, publicIp);
    }

    LeaseTerms leaseTerms() {
        return new LeaseTerms(identity(), previousSubnet, timeToLive, renewInterval, takeOver);
    }

    String configKey() {
        return (etcdPrefix.endsWith("/") ? etcdPrefix : etcdPrefix + "/") + "config";
    }
}
