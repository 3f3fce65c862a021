package io.rudder.lease;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.Optional;

/** The last element of a lease's key: subnet {@code 10.0.34.0/24} has {@code 10.0.34.0-24}, as flannel writes it. */
public final class LeaseKey {
    private LeaseKey() {}

    /** The key element of a subnet. */
    public static String of(Ipv4Prefix subnet) {
        return Ipv4.format(subnet.address()) + "-" + subnet.length();
    }

    /**
     * The subnet of a key element; empty if the text is anything but what {@link #of} writes. Leading zeros and host
     * bits are refused because they would let two keys name one subnet.
     */
    public static Optional<Ipv4Prefix> parse(String element) {
        int dash = element.indexOf('-');
        if (dash < 0) {
            return Optional.empty();
        }
        try {
            Ipv4Prefix subnet = Ipv4Prefix.parse(element.substring(0, dash) + "/" + element.substring(dash + 1));
            return Optional.of(subnet).filter(prefix -> of(prefix).equals(element));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
