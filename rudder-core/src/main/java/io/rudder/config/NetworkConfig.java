package io.rudder.config;

import com.google.gson.JsonObject;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.Objects;

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
    /** The longest prefix that still has a network address, hosts and a broadcast address. */
    public static final int MAX_SUBNET_LENGTH = 30;

    /** @throws IllegalArgumentException if the parts do not fit together as described */
    public NetworkConfig {
        boolean fits = subnetLength >= network.length()
                && subnetLength <= MAX_SUBNET_LENGTH
                && subnetMin.length() == subnetLength
                && subnetMax.length() == subnetLength
                && network.contains(subnetMin)
                && network.contains(subnetMax)
                && subnetMin.compareTo(subnetMax) <= 0;
        if (!fits) {
            throw new IllegalArgumentException("subnets of /" + subnetLength + " from " + subnetMin + " to " + subnetMax
                    + " are not an ascending range in " + network);
        }
    }

    /** How many subnets there are to hand out, 1 to 2^30. */
    public int subnetCount() {
        // A length of 0 means one subnet at address 0; that the shift by 32 then does nothing is right.
        return ((subnetMax.first() - subnetMin.first()) >>> 32 - subnetLength) + 1;
    }

    /**
     * The subnet with a number of 0 to {@link #subnetCount()} - 1, in the order of the addresses.
     *
     * @throws IndexOutOfBoundsException for any other number
     */
    public Ipv4Prefix subnet(int number) {
        Objects.checkIndex(number, subnetCount());
        return new Ipv4Prefix(subnetMin.first() + (number << 32 - subnetLength), subnetLength);
    }

    /** Whether a subnet is one of those that are handed out. */
    public boolean allows(Ipv4Prefix subnet) {
        return subnet.length() == subnetLength
                && Integer.compareUnsigned(subnet.first(), subnetMin.first()) >= 0
                && Integer.compareUnsigned(subnet.first(), subnetMax.first()) <= 0;
    }

    /** The form that {@link NetworkConfigReader} reads, with every member. */
    public String toJson() {
        JsonObject type = new JsonObject();
        type.addProperty("Type", backend.type().id());
        type.addProperty("Port", backend.port());
        JsonObject object = new JsonObject();
        object.addProperty("Network", network.toString());
        object.addProperty("SubnetLen", subnetLength);
        object.addProperty("SubnetMin", Ipv4.format(subnetMin.first()));
        object.addProperty("SubnetMax", Ipv4.format(subnetMax.first()));
        object.add("Backend", type);
        return object.toString();
    }

    /** Whether another one differs in nothing but which subnets are handed out next. */
    public boolean isCompatibleWith(NetworkConfig other) {
        return network.equals(other.network) && subnetLength == other.subnetLength && backend.equals(other.backend);
    }

    @Override
    public String toString() {
        return network + ", subnets of /" + subnetLength + " from " + Ipv4.format(subnetMin.first()) + " to "
                + Ipv4.format(subnetMax.first()) + ", backend " + backend.type().id()
                + " port " + backend.port();
    }
}
