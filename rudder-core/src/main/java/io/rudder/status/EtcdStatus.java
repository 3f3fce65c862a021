package io.rudder.status;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The store of configuration and leases, as the node last heard of it.
 *
 * @param endpoints the members' addresses, as configured
 * @param prefix what all keys start with
 * @param reachable whether it answered when last asked
 * @param answeredSecondsAgo since its last answer; empty before the first
 * @param revision the newest revision known
 * @param clusterId the cluster, 16 hexadecimal digits; empty before the first answer
 * @param problem why it is not reachable, one line
 */
public record EtcdStatus(
        List<String> endpoints,
        String prefix,
        boolean reachable,
        OptionalDouble answeredSecondsAgo,
        long revision,
        Optional<String> clusterId,
        Optional<String> problem) {
    public EtcdStatus {
        endpoints = List.copyOf(endpoints);
    }
}
