package io.rudder.status;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The own lease.
 *
 * @param state {@code none} (not had yet), {@code held}, {@code unconfirmed} (etcd does not answer; packets flow on) or
 *     {@code lost} (somebody else has the subnet)
 * @param subnet what is or was leased, a.b.c.d/len
 * @param etcdLeaseId the etcd lease, 16 hexadecimal digits as etcdctl shows them; empty for a reservation
 * @param ageSeconds since this daemon has it
 * @param confirmedSecondsAgo since etcd last confirmed it
 * @param timeToLiveSeconds what the etcd lease has left by now; empty for a reservation
 */
public record LeaseStatus(
        String state,
        Optional<String> subnet,
        Optional<String> etcdLeaseId,
        OptionalDouble ageSeconds,
        OptionalDouble confirmedSecondsAgo,
        OptionalDouble timeToLiveSeconds) {
    /** No lease yet. */
    public static final LeaseStatus NONE = new LeaseStatus(
            "none",
            Optional.empty(),
            Optional.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());
}
