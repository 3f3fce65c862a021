package io.rudder.lease;

import java.time.Instant;
import java.util.Optional;

/**
 * Where the own lease stands, at one moment. Immutable, for any thread.
 *
 * @param state the state
 * @param lease the lease; empty while the host has none
 * @param since when the state was entered
 * @param confirmedAt when the registry last said that the lease is the host's
 * @param expiresAt when the lease runs out unless it is renewed; empty without a lease and for a reservation
 * @param problem one line on what stands in the way; empty while all is well
 */
public record LeaseStatus(
        LeaseKeeper.State state,
        Optional<Lease> lease,
        Instant since,
        Optional<Instant> confirmedAt,
        Optional<Instant> expiresAt,
        Optional<String> problem) {

    /** Before anything was tried. */
    public static LeaseStatus acquiring(Instant now) {
        return new LeaseStatus(
                LeaseKeeper.State.ACQUIRING,
                Optional.empty(),
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
