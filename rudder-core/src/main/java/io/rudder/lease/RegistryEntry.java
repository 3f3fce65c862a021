package io.rudder.lease;

import io.rudder.net.Ipv4Prefix;
import java.util.Optional;

/**
 * One key of the registry with what its store says of it, not yet interpreted: anybody may have written it.
 *
 * @param path the key without the registry's prefix and slash: {@code config} or {@code subnets/10.0.34.0-24}
 * @param value the value as UTF-8 text
 * @param etcdLeaseId the etcd lease attached to the key, 0 for none
 * @param createRevision the revision that created the key
 * @param modRevision the revision that last wrote the key
 */
public record RegistryEntry(String path, String value, long etcdLeaseId, long createRevision, long modRevision) {
    /** The path of the network configuration. */
    public static final String CONFIG = "config";

    /** Where the leases are. */
    public static final String SUBNETS = "subnets/";

    /** The path of a subnet's lease. */
    public static String subnetPath(Ipv4Prefix subnet) {
        return SUBNETS + LeaseKey.of(subnet);
    }

    /** The last element of a key below {@code subnets/}; empty for any other path. */
    public Optional<String> subnetElement() {
        return subnetElement(path);
    }

    /** The last element of a path below {@code subnets/}; empty for any other path. */
    public static Optional<String> subnetElement(String path) {
        return path.startsWith(SUBNETS) ? Optional.of(path.substring(SUBNETS.length())) : Optional.empty();
    }
}
