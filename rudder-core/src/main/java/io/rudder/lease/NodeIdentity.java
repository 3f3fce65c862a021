package io.rudder.lease;

import io.rudder.net.Ipv4;

/**
 * Who a host is to the others.
 *
 * @param nodeId its identity, which outlives its address
 * @param publicIp where its datagrams come from and go to
 */
public record NodeIdentity(String nodeId, int publicIp) {

    /** What the host writes into its lease. */
    public LeaseAttributes attributes() {
        return LeaseAttributes.own(publicIp, nodeId);
    }

    /** Whether a lease names this host's node id. */
    boolean isNamedBy(LeaseAttributes attributes) {
        return attributes.nodeId().map(nodeId::equals).orElse(false);
    }

    /** Whether a lease has this host's address. */
    public boolean hasAddressOf(LeaseAttributes attributes) {
        return attributes.publicIp() == publicIp;
    }

    /** Whether a lease says that this host is at its present address. */
    boolean isAsWritten(LeaseAttributes attributes) {
        return hasAddressOf(attributes)
                && (isNamedBy(attributes) || attributes.nodeId().isEmpty());
    }

    /** Whether another host, known by its node id, claims this host's address. */
    boolean isRivalledBy(LeaseAttributes attributes) {
        return hasAddressOf(attributes) && attributes.nodeId().isPresent() && !isNamedBy(attributes);
    }

    @Override
    public String toString() {
        return describe(attributes());
    }

    /** The owner of a lease, for a message. */
    static String describe(LeaseAttributes attributes) {
        return Ipv4.format(attributes.publicIp())
                + attributes.nodeId().map(id -> " (node " + id + ")").orElse(" (no node id)");
    }
}
