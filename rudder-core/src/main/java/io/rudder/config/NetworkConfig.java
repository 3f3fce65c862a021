package io.rudder.config;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;

/**
 * What {@code <prefix>/config} in etcd says about the overlay.
 *
 * @param network all addresses of the overlay
 * @param subnetLength prefix length of each host's subnet, from that of the network to 30
 * @param subnetMin first subnet to hand out
 * @param subnetMax last subnet to hand out, not before {@code subnetMin}
 * @param backend how packets travel
 * @see NetworkConfigReader the JSON form
 */
public record NetworkConfig(
        Ipv4Prefix network, int subnetLength, Ipv4Prefix subnetMin, Ipv4Prefix subnetMax, Backend backend) {

    /** How many subnets there are to hand out. */
    public int subnetCount() {
        return ((subnetMax.first() - subnetMin.first()) >>> 32 - subnetLength) + 1;
    }

    /** The subnet with a number of 0 to {@link #subnetCount()} - 1, in the order of the addresses. */
    public Ipv4Prefix subnet(int number) {
        return new Ipv4Prefix(subnetMin.first() + (number << 32 - subnetLength), subnetLength);
    }

    /** Whether a subnet is one of those that are handed out. */
    public boolean allows(Ipv4Prefix subnet) {
        return subnet.length() == subnetLength
                && Integer.compareUnsigned(subnet.first(), subnetMin.first()) >= 0
                && Integer.compareUnsigned(subnet.first(), subnetMax.first()) <= 0;
    }

    @Override
    public String toString() {
        return network + ", subnets of /" + subnetLength + " from " + Ipv4.format(subnetMin.first()) + " to "
                + Ipv4.format(subnetMax.first()) + ", backend "
                + backend.type().name().toLowerCase(java.util.Locale.ROOT)
                + " port " + backend.port();
    }
}
