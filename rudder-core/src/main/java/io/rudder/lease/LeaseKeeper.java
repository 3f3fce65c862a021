package io.rudder.lease;

import io.rudder.config.NetworkConfig;
import io.rudder.control.LoopScope;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of the own lease. Owned by the control loop.
 *
 * <pre>
 *                 acquired             3 renewals missed
 *   ACQUIRING ---------------> HELD ----------------------> UNCONFIRMED
 *                             ^ |  ^--------- renewed ---------'  |
 *                    acquired | | gone or taken                   | gone or taken
 *                             | v                                 |
 *                             LOST <------------------------------'
 * </pre>
 *
 * While UNCONFIRMED the store cannot be asked, and nobody else can be given the subnet by a store that is down: the
 * host goes on. A lease that is gone is created again with the same subnet; one that somebody else took is theirs.
 */
public final class LeaseKeeper {
    /** Where the own lease stands. */
    public enum State {
        /** There has been none yet. */
        ACQUIRING,
        /** The last look at the registry found it. */
        HELD,
        /** It was held; the registry does not answer. */
        UNCONFIRMED,
        /** It was held and is no more; the next one is being acquired. */
        LOST,
        /** Nothing happens any more. */
        STOPPED
    }

    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final int MISSES_UNTIL_UNCONFIRMED = 3;
    private static final Duration REFUSED_WAIT = Duration.ofSeconds(30);

    private final ControlContext context;
    private final NetworkConfig config;
    private final FreedSubnets freed;
    private final Listener listener;
    private final LoopScope scope;
    private LeaseTerms terms;
    private State state = State.ACQUIRING;
    private Instant since;
    private Optional<Instant> confirmedAt = Optional.empty();
    private volatile LeaseStatus status;
    private Optional<Lease> own = Optional.empty();
    private Optional<Ipv4Prefix> preferred = Optional.empty();
    private LeaseAcquirer acquirer;
    private LeaseRenewal renewal;
    private String lastRefusal = "";

    /** Nothing happens until {@link #start}. */
    public LeaseKeeper(
            ControlContext context, NetworkConfig config, LeaseTerms terms, FreedSubnets freed, Listener listener) {
        this.context = context;
        this.config = config;
        this.terms = terms;
        this.freed = freed;
        this.listener = listener;
        this.scope = new LoopScope(context.loop());
        this.since = context.loop().wallTime();
        this.status = LeaseStatus.acquiring(since);
    }

    /** Starts to acquire a lease. */
    public void start() {
        acquire(terms.previousSubnet());
    }

    /** Where the lease stands. On any thread. */
    public LeaseStatus status() {
        return status;
    }

    private void enter(State next, Optional<String> problem) {
        if (next != state) {
            state = next;
            since = context.loop().wallTime();
        }
        Optional<Instant> expiresAt = own.filter(lease -> !lease.isReservation())
                .flatMap(lease -> confirmedAt)
                .map(confirmed -> confirmed.plus(terms.policy().timeToLive()));
        status = new LeaseStatus(state, own, since, own.flatMap(lease -> confirmedAt), expiresAt, problem);
    }

    private void confirmed(Lease lease) {
        own = Optional.of(lease);
        confirmedAt = Optional.of(context.loop().wallTime());
        enter(State.HELD, Optional.empty());
    }

    /** The lease while it is held, confirmed or not. */
    public Optional<Lease> own() {
        return own;
    }

    /** Looks at once whether the lease is still the host's: something hints that it is not. */
    public void verify() {
        if (own.isPresent() && acquirer == null) {
            renewal.renewNow();
        }
    }

    /**
     * The host is at another address now: writes it into the lease, which is held meanwhile; {@link Listener#onHeld}
     * follows.
     */
    public void readdress(int publicIp) {
        if (state == State.STOPPED || publicIp == terms.identity().publicIp()) {
            return;
        }
        terms = terms.at(publicIp);
        boolean acquiring = acquirer != null;
        endAcquirer();
        if (own.isPresent()) {
            renewal.close();
            newAcquirer(Optional.of(own.get().subnet())).startFrom(own.get());
        } else if (acquiring) {
            acquire(preferred);
        }
    }

    /** Ends timers and tries. The lease is kept, so that a restart gets it back. */
    public void stop() {
        enter(State.STOPPED, Optional.empty());
        scope.close();
        endAcquirer();
        if (renewal != null) {
            renewal.close();
        }
    }

    private void acquire(Optional<Ipv4Prefix> wanted) {
        newAcquirer(wanted).start(wanted);
    }

    private LeaseAcquirer newAcquirer(Optional<Ipv4Prefix> wanted) {
        preferred = wanted;
        acquirer = new LeaseAcquirer(context, config, terms, freed, new AcquirerListener());
        return acquirer;
    }

    private void endAcquirer() {
        if (acquirer != null) {
            acquirer.close();
            acquirer = null;
        }
    }

    private void held(Lease lease) {
        log.info(
                "holding {} as {}{}", lease.subnet(), terms.identity(), lease.isReservation() ? ", a reservation" : "");
        confirmed(lease);
        acquirer = null;
        lastRefusal = "";
        if (renewal != null) {
            renewal.close();
        }
        renewal = new LeaseRenewal(context, terms, lease, new RenewalListener());
        renewal.start();
        listener.onHeld(lease);
    }

    private void lost(boolean taken, String problem) {
        Lease lease = own.orElseThrow();
        own = Optional.empty();
        enter(State.LOST, Optional.of(problem));
        context.counters().increment(Counter.LEASE_LOSSES);
        listener.onLost(lease, taken);
        if (state == State.LOST) {
            acquire(taken ? Optional.empty() : Optional.of(lease.subnet()));
        }
    }

    /** At first the host gives up; one that already carries packets waits for an operator. */
    private void refused(String message) {
        acquirer = null;
        if (state == State.ACQUIRING) {
            stop();
            listener.onRefused(message);
            return;
        }
        if (!message.equals(lastRefusal)) {
            log.error("no new lease: {}", message);
            lastRefusal = message;
        }
        scope.schedule(REFUSED_WAIT, () -> acquire(preferred));
    }

    private final class AcquirerListener implements LeaseAcquirer.Listener {
        @Override
        public void onAcquired(Lease lease) {
            held(lease);
        }

        @Override
        public void onRefused(String message) {
            refused(message);
        }
    }

    private final class RenewalListener implements LeaseRenewal.Listener {
        @Override
        public void onRenewed(Lease current) {
            if (state == State.UNCONFIRMED) {
                log.info("the lease of {} is confirmed again", current.subnet());
            }
            confirmed(current);
        }

        @Override
        public void onMissed(int misses, Throwable failure) {
            if (misses >= MISSES_UNTIL_UNCONFIRMED && state == State.HELD) {
                log.warn(
                        "cannot renew the lease of {}, trying on: {}",
                        own.orElseThrow().subnet(),
                        failure.getMessage());
                enter(State.UNCONFIRMED, Optional.of(failure.getMessage()));
            }
        }

        @Override
        public void onGone() {
            String problem = "the lease of " + own.orElseThrow().subnet() + " is gone from the registry";
            log.warn("{}, creating it again", problem);
            lost(false, problem);
        }

        @Override
        public void onTaken(String owner) {
            String problem = own.orElseThrow().subnet() + " was taken by " + owner;
            log.error("{}, acquiring another subnet", problem);
            context.counters().increment(Counter.LEASE_FENCES);
            lost(true, problem);
        }
    }

    /** Hears of the own lease, on the control loop. */
    public interface Listener {
        /** The host has this lease: the first one, the same again after a loss, or another. */
        void onHeld(Lease lease);

        /**
         * The host has the lease no more; {@link #onHeld} follows.
         *
         * @param taken whether somebody else owns the subnet now; otherwise it will most likely come back
         */
        void onLost(Lease lease, boolean taken);

        /** The first lease cannot be had until an operator acts; the keeper has stopped. */
        void onRefused(String message);
    }
}
