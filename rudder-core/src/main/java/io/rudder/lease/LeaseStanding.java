package io.rudder.lease;

import io.rudder.lease.LeaseKeeper.State;
import io.rudder.status.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which lease a host has, which subnet it carries, and what it tells of both. Owned by the control loop. */
final class LeaseStanding {
    private static final Logger log = LoggerFactory.getLogger(LeaseStanding.class);

    private final ControlContext context;
    private final Duration timeToLive;
    private State state = State.ACQUIRING;
    private Instant since;
    private Optional<Lease> own = Optional.empty();
    // Whose subnet the host carries: the own lease, or the one that was lost and is not given up yet.
    private Optional<Lease> carried = Optional.empty();
    // Somebody else owns the subnet, and the host goes on with it.
    private boolean keptNevertheless;
    private Optional<Instant> confirmedAt = Optional.empty();
    private long confirmedNanos;
    private boolean expiryTold;
    private volatile LeaseStatus status;

    LeaseStanding(ControlContext context, Duration timeToLive) {
        this.context = context;
        this.timeToLive = timeToLive;
        this.since = context.loop().wallTime();
        this.status = LeaseStatus.acquiring(since);
    }

    /** On any thread. */
    LeaseStatus status() {
        return status;
    }

    State state() {
        return state;
    }

    /** The lease while it is held, confirmed or not. */
    Optional<Lease> own() {
        return own;
    }

    Optional<Lease> carried() {
        return carried;
    }

    boolean isKeptNevertheless() {
        return keptNevertheless;
    }

    /** The lease of an earlier run is carried, until the registry is heard of. */
    void resumed(Lease earlier, Instant confirmed) {
        own = Optional.of(earlier);
        carried = own;
        confirmedAt = Optional.of(confirmed);
        enter(State.UNCONFIRMED, Optional.of("not heard of since the start"));
    }

    /** The registry says that the host has this lease. */
    void confirmed(Lease lease) {
        own = Optional.of(lease);
        carried = own;
        keptNevertheless = false;
        confirmedAt = Optional.of(context.loop().wallTime());
        confirmedNanos = context.loop().nanoTime();
        expiryTold = false;
        enter(State.HELD, Optional.empty());
    }

    void unconfirmed(String problem) {
        enter(State.UNCONFIRMED, Optional.of(problem));
    }

    void lost(String problem) {
        own = Optional.empty();
        if (state != State.LOST) {
            context.counters().increment(Counter.LEASE_LOSSES);
        }
        enter(State.LOST, Optional.of(problem));
    }

    /** The subnet of the lost lease is carried no more. */
    void givenUp() {
        carried = Optional.empty();
    }

    void keptNevertheless() {
        keptNevertheless = true;
    }

    void stopped() {
        enter(State.STOPPED, Optional.empty());
    }

    private void enter(State next, Optional<String> problem) {
        if (next != state) {
            state = next;
            since = context.loop().wallTime();
        }
        Optional<Instant> expiresAt = own.filter(lease -> !lease.isReservation())
                .flatMap(lease -> confirmedAt)
                .map(confirmed -> confirmed.plus(timeToLive));
        status = new LeaseStatus(state, own, since, own.flatMap(lease -> confirmedAt), expiresAt, problem);
    }

    /** Tells once, when a quarter of its life is left, that the lease runs out. */
    void tellExpiry(Throwable failure) {
        Lease lease = own.orElseThrow();
        Duration left = timeToLive.minusNanos(context.loop().nanoTime() - confirmedNanos);
        boolean isShort = left.compareTo(timeToLive.dividedBy(4)) < 0;
        if (isShort && !expiryTold && !lease.isReservation()) {
            expiryTold = true;
            log.error(
                    "the lease of {} runs out in {} min unless it can be renewed: {}",
                    lease.subnet(),
                    left.toMinutes(),
                    failure.getMessage());
        }
    }
}
