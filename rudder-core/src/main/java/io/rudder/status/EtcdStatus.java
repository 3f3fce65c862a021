package io.rudder.status;

import java.util.List;
import java.util.Optional;

/**
 * The store of configuration and leases, as the node last heard of it.
 *
 * @param endpoints the members' addresses, as configured; none if leases come from elsewhere
 * @param prefix what all keys start with
 * @param reachable whether the node is in touch with it
 * @param revision the newest revision that the node knows of; 0 before the first list
 * @param clusterId the cluster, hexadecimal as etcdctl shows it; empty before the first list
 * @param lastProblem the last failure, one line, also if it is over
 */
public record EtcdStatus(
        List<String> endpoints,
        String prefix,
        boolean reachable,
        long revision,
        Optional<String> clusterId,
        Optional<String> lastProblem) {
    public EtcdStatus {
        endpoints = List.copyOf(endpoints);
    }
}
