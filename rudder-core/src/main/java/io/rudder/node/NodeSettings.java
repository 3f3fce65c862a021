package io.rudder.node;

import io.rudder.lease.LeasePolicy;
import io.rudder.lease.LeaseTerms;
import io.rudder.lease.NodeIdentity;
import io.rudder.net.Ipv4Prefix;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a host brings along when it joins an overlay.
 *
 * @param identity who it is: node id, which outlives its address, and the address at which its peers reach it
 * @param port the UDP port of all hosts, if it is not to be that of the network configuration
 * @param previousSubnet the subnet that the host had before, to be had again if it is free
 * @param policy how the lease is had and kept
 * @param configKey where the network configuration is, for messages: a key of etcd's or a file
 */
public record NodeSettings(
        NodeIdentity identity,
        OptionalInt port,
        Optional<Ipv4Prefix> previousSubnet,
        LeasePolicy policy,
        String configKey) {

    /** The same at another public address. */
    NodeSettings at(int publicIp) {
        return new NodeSettings(new NodeIdentity(identity.nodeId(), publicIp), port, previousSubnet, policy, configKey);
    }

    LeaseTerms leaseTerms() {
        return new LeaseTerms(identity, previousSubnet, policy);
    }
}
