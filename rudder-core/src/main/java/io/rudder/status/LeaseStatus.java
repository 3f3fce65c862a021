package io.rudder.status;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The own lease.
 *
 * @param state {@code acquiring} (not had yet), {@code held}, {@code unconfirmed} (etcd does not answer; packets flow
 *     on), {@code lost} (somebody else has the subnet, or the key is gone) or {@code stopped}
 * @param stateSeconds how long it has been in that state
 * @param subnet what is leased, a.b.c.d/len
 * @param etcdLeaseId the etcd lease, hexadecimal as etcdctl shows it; empty for a reservation
 * @param reservation whether the lease never expires
 * @param confirmedSecondsAgo since etcd last confirmed it
 * @param expiresInSeconds what the lease has left unless it is renewed; empty for a reservation
 * @param problem what stands in the way, one line
 */
public record LeaseStatus(
        String state,
        double stateSeconds,
        Optional<String> subnet,
        Optional<String> etcdLeaseId,
        boolean reservation,
        OptionalDouble confirmedSecondsAgo,
        OptionalDouble expiresInSeconds,
        Optional<String> problem) {}
