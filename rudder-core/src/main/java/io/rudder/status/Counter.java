package io.rudder.status;

import java.util.Locale;

/**
 * Everything that a node counts. Encapsulation is TUN to network, decapsulation network to TUN. Packets are inner IP
 * packets; bytes are those of inner packets, without UDP and outer IP headers.
 */
public enum Counter {
    ENCAP_PACKETS("inner packets sent to peers"),
    ENCAP_BYTES("bytes of inner packets sent to peers"),
    ENCAP_FRAGMENTED("inner packets cut into fragments, too big for the path to the peer"),
    DECAP_PACKETS("inner packets received from peers and given to the host"),
    DECAP_BYTES("bytes of inner packets received from peers and given to the host"),

    ENCAP_DROP_MALFORMED("from the host: not an IPv4 packet with a sane header and total length"),
    ENCAP_DROP_IPV6("from the host: IPv6, which the overlay does not carry"),
    ENCAP_DROP_FOREIGN_SOURCE("from the host: source outside the own subnet, which peers would refuse"),
    ENCAP_DROP_NO_ROUTE("from the host: no lease holds the destination"),
    ENCAP_DROP_TTL("from the host: time to live was used up"),
    ENCAP_DROP_TOO_BIG("from the host: too big for the path to the peer, and not to be fragmented"),
    ENCAP_DROP_QUEUE_FULL("from the host: the UDP socket did not keep up"),
    ENCAP_DROP_SEND_FAILED("from the host: the kernel refused to send the datagram"),

    DECAP_DROP_MALFORMED("from the network: not an IPv4 packet with a sane header and total length"),
    DECAP_DROP_IPV6("from the network: IPv6, which the overlay does not carry"),
    DECAP_DROP_UNKNOWN_PEER("from the network: sent from an address that no lease names"),
    DECAP_DROP_WRONG_SOURCE("from the network: inner source outside the sender's subnet"),
    DECAP_DROP_WRONG_DESTINATION("from the network: inner destination outside the own subnet"),
    DECAP_DROP_CONTROL("from the network: shorter than an IP header, kept for messages between nodes"),
    DECAP_DROP_QUEUE_FULL("from the network: the TUN device did not keep up"),
    DECAP_DROP_TUN_REFUSED("from the network: the TUN device refused the packet"),

    ICMP_UNREACHABLE_SENT("ICMP destination unreachable given back to the host"),
    ICMP_TIME_EXCEEDED_SENT("ICMP time exceeded given back to the host"),
    ICMP_FRAGMENTATION_NEEDED_SENT("ICMP fragmentation needed given back to the host"),
    ICMP_SUPPRESSED("ICMP errors not given back for the rate limit or RFC 1122's exceptions"),

    PROBE_SENT("probes sent to peers, to learn round trip and loss"),
    PROBE_ANSWER_RECEIVED("answers to the last probe to a peer"),
    PROBE_ANSWER_IGNORED("answers to probes that are late, doubled, or were never sent"),
    PROBE_ANSWER_SENT("answers to probes of peers"),
    PROBE_ANSWER_SUPPRESSED("probes of peers not answered for the rate limit or a full socket"),

    REGISTRY_LISTS("full lists of the registry"),
    REGISTRY_DRIFTS("full lists that showed a change which the watch had not told"),
    REGISTRY_REMOVALS_HELD("peers whose removal was held because it came with too many others"),
    REGISTRY_WATCH_RESTARTS("watches that ended and were started again"),
    REGISTRY_INVALID_ENTRIES("entries of the registry that are no valid lease"),
    LEASE_LOSSES("losses of the own lease: its key was gone or somebody else's"),
    LEASE_FENCES("losses of the own lease to somebody else, who owns the subnet since"),
    LEASE_RENEWALS("renewals of the own lease"),
    LEASE_RENEWAL_FAILURES("renewals of the own lease that failed"),

    UNDERLAY_ADDRESS_CHANGES(
            "times that the interface to the peers had another address, and the socket was bound anew"),
    UNDERLAY_MTU_CHANGES(
            "times that the interface to the peers had another MTU, and the device was given one to match"),
    REPAIR_DEVICE("times that the TUN device was deleted by somebody, and made again"),
    REPAIR_LINK("times that the TUN device was set down by somebody, and set up again"),
    REPAIR_MTU("times that the TUN device had a wrong MTU, and was given the right one"),
    REPAIR_ADDRESS("times that the TUN device's address was gone, and was given again"),
    REPAIR_ROUTE("times that the route to the overlay was gone, and was added again"),
    REPAIR_SETTING("times that accept_local of the TUN device was off, and was set again"),
    REPAIR_FAILURES("looks at the host whose repair failed; they are repeated");

    private final String description;

    Counter(String description) {
        this.description = description;
    }

    /** The name in output that people and machines read: {@code encap_drop_no_route}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is counted, and what is not. */
    public String description() {
        return description;
    }

    /** Whether it counts packets that were thrown away. */
    public boolean isDrop() {
        return name().contains("_DROP_");
    }
}
