package io.rudder.lease;

import io.rudder.net.Ipv4Prefix;
import java.util.Optional;

/**
 * How a host wants its lease.
 *
 * @param identity who it is
 * @param previousSubnet the subnet that it had before, to be had again if it is free
 * @param policy how it is had and kept
 */
public record LeaseTerms(NodeIdentity identity, Optional<Ipv4Prefix> previousSubnet, LeasePolicy policy) {

    /** The same at another public address. */
    LeaseTerms at(int publicIp) {
        return new LeaseTerms(new NodeIdentity(identity.nodeId(), publicIp), previousSubnet, policy);
    }
}
