package io.rudder.lease;

import io.rudder.net.Ipv4Prefix;

/** The next step to a lease of one's own. */
sealed interface LeasePlan {
    /** The host has this lease and its value is right: renew it. */
    record Keep(Lease lease) implements LeasePlan {}

    /**
     * The lease is the host's, but its value has to be written anew.
     *
     * @param ownEtcdLease whether an etcd lease of its own has to be attached: the attached one is another node's
     */
    record Rewrite(Lease lease, boolean ownEtcdLease) implements LeasePlan {}

    /**
     * The lease names this node at another address. Either the host moved or it is the clone of one that is alive: a
     * claim, which leaves the address as it is, tells.
     */
    record Claim(Lease lease) implements LeasePlan {}

    /** This subnet is free: create a lease. */
    record Create(Ipv4Prefix subnet) implements LeasePlan {}

    /** An operator has to act; the message is one line. */
    record Refuse(String message) implements LeasePlan {}

    /** All subnets are taken; the message is one line. */
    record Full(String message) implements LeasePlan {}
}
