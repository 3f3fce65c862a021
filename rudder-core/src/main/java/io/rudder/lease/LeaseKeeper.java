package io.rudder.lease;

import io.rudder.config.NetworkConfig;
import io.rudder.control.LoopScope;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
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
 *                             LOST &lt;------------------------------'
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
    private final FreedSubnets freed;
    private final Listener listener;
    private final LoopScope scope;
    private NetworkConfig config;
    private LeaseTerms terms;
    private State state = State.ACQUIRING;
    private Instant since;
    private Optional<Instant> confirmedAt = Optional.empty();
    private long confirmedNanos;
    private boolean expiryTold;
    private volatile LeaseStatus status;
    private Optional<Lease> own = Optional.empty();
    // Whose subnet the host carries: the own lease, or the one that was lost and is not given up yet.
    private Optional<Lease> carried = Optional.empty();
    // Somebody else owns the subnet, and the host goes on with it.
    private boolean keptNevertheless;
    private Optional<Ipv4Prefix> preferred = Optional.empty();
    private final TwinLeases twins;
    private final EtcdLeaseReturns returns;
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
        this.twins = new TwinLeases(context, terms.identity(), this::settled, this::giveWay);
        this.returns = new EtcdLeaseReturns(context);
    }

    private Optional<Lease> settled() {
        return own.filter(lease -> state == State.HELD && acquirer == null);
    }

    /** Starts to acquire a lease. */
    public void start() {
        acquire(terms.previousSubnet());
    }

    /**
     * Starts from the lease of an earlier run, which the host carries while the registry does not answer.
     *
     * @param confirmed when the registry last said that it was the host's
     */
    public void resume(Lease earlier, Instant confirmed) {
        own = Optional.of(earlier);
        carried = own;
        confirmedAt = Optional.of(confirmed);
        enter(State.UNCONFIRMED, Optional.of("not heard of since the start"));
        acquire(Optional.of(earlier.subnet()));
    }

    /** The range of subnets to choose from is another one; matters for the next lease only. */
    public void config(NetworkConfig changed) {
        config = changed;
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
        confirmedNanos = context.loop().nanoTime();
        expiryTold = false;
        enter(State.HELD, Optional.empty());
    }

    /** The lease while it is held, confirmed or not. */
    public Optional<Lease> own() {
        return own;
    }

    /** Looks at once whether the lease is still the host's: something hints that it is not. */
    public void verify() {
        if (own.isPresent() && acquirer == null && renewal != null) {
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
        twins.self(terms.identity());
        boolean acquiring = acquirer != null;
        endAcquirer();
        if (own.isPresent()) {
            endRenewal();
            newAcquirer(Optional.of(own.get().subnet())).startFrom(own.get());
        } else if (acquiring) {
            acquire(preferred);
        }
    }

    /** Ends timers and tries. The lease is kept, so that a restart gets it back. */
    public void stop() {
        enter(State.STOPPED, Optional.empty());
        scope.close();
        twins.close();
        returns.close();
        endAcquirer();
        endRenewal();
    }

    /** Stops and gives the lease back; a reservation stays. Done when the registry has answered. */
    public CompletableFuture<Void> release() {
        Optional<Lease> leased = own.filter(lease -> !lease.isReservation());
        stop();
        return leased.map(lease -> context.registry().revoke(lease.etcdLeaseId()))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /** Looks at an entry of the registry that may be another lease with this host's node id. */
    public void lookAtTwin(RegistryEntry entry) {
        twins.look(entry);
    }

    private void giveWay(String message) {
        if (state != State.HELD || acquirer != null) {
            return;
        }
        Lease lease = own.orElseThrow();
        log.error("giving up {}: {}", lease.subnet(), message);
        renewal.close();
        lost(message);
        carried = Optional.empty();
        returns.giveBack(lease.etcdLeaseId());
        listener.onLost(lease, true);
        acquire(Optional.empty());
    }

    private void acquire(Optional<Ipv4Prefix> wanted) {
        newAcquirer(wanted).start(wanted);
    }

    private LeaseAcquirer newAcquirer(Optional<Ipv4Prefix> wanted) {
        preferred = wanted;
        acquirer = new LeaseAcquirer(context, config, terms, freed, returns, new AcquirerListener());
        return acquirer;
    }

    private void endAcquirer() {
        if (acquirer != null) {
            acquirer.close();
            acquirer = null;
        }
    }

    private void endRenewal() {
        if (renewal != null) {
            renewal.close();
        }
    }

    private void held(Lease lease) {
        log.info(
                "holding {} as {}{}", lease.subnet(), terms.identity(), lease.isReservation() ? ", a reservation" : "");
        confirmed(lease);
        carried = own;
        keptNevertheless = false;
        acquirer = null;
        lastRefusal = "";
        endRenewal();
        renewal = new LeaseRenewal(context, terms, lease, new RenewalListener());
        renewal.start();
        listener.onHeld(lease);
        twins.proceed();
    }

    private void lost(String problem) {
        own = Optional.empty();
        if (state != State.LOST) {
            context.counters().increment(Counter.LEASE_LOSSES);
        }
        enter(State.LOST, Optional.of(problem));
    }

    /** Nobody has the subnet: most likely it comes back, so that nothing but the registry notices. */
    private void gone(OptionalLong reusable) {
        Lease lease = carried.orElseThrow();
        String problem = "the lease of " + lease.subnet() + " is gone from the registry";
        log.warn("{}, creating it again", problem);
        lost(problem);
        listener.onLost(lease, false);
        acquireAgain(lease.subnet(), reusable);
    }

    private void taken(String owner, OptionalLong reusable) {
        Lease lease = carried.orElseThrow();
        lost(lease.subnet() + " was taken by " + owner);
        boolean takesAnother = giveUp(lease);
        if (state == State.LOST && !takesAnother) {
            acquireAgain(lease.subnet(), reusable);
            return;
        }
        reusable.ifPresent(returns::giveBack);
        if (takesAnother) {
            acquire(Optional.empty());
        }
    }

    private void acquireAgain(Ipv4Prefix wanted, OptionalLong reusable) {
        LeaseAcquirer next = newAcquirer(Optional.of(wanted));
        reusable.ifPresent(etcdLeaseId -> next.reuse(etcdLeaseId, wanted));
        next.startAgain(wanted);
    }

    /** Somebody else owns the subnet that the host carries. Tells whether to take another one. */
    private boolean giveUp(Lease lease) {
        String problem = status.problem().orElse(lease.subnet() + " was taken");
        context.counters().increment(Counter.LEASE_FENCES);
        switch (terms.policy().onLost()) {
            case FENCE -> {
                log.error("{}: giving it up for another subnet", problem);
                carried = Optional.empty();
                listener.onLost(lease, true);
                return true;
            }
            case EXIT -> {
                carried = Optional.empty();
                listener.onLost(lease, true);
                stop();
                listener.onRefused(problem + ": ending, as -on-lease-lost=exit asks");
                return false;
            }
            default -> {
                log.error("{}: going on with it, as -on-lease-lost=keep asks", problem);
                keptNevertheless = true;
                return false;
            }
        }
    }

    private void tellExpiry(Throwable failure) {
        Lease lease = own.orElseThrow();
        Duration left = terms.policy().timeToLive().minusNanos(context.loop().nanoTime() - confirmedNanos);
        boolean isShort = left.compareTo(terms.policy().timeToLive().dividedBy(4)) < 0;
        if (isShort && !expiryTold && !lease.isReservation()) {
            expiryTold = true;
            log.error(
                    "the lease of {} runs out in {} min unless it can be renewed: {}",
                    lease.subnet(),
                    left.toMinutes(),
                    failure.getMessage());
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
        public boolean onPreferredTaken(Ipv4Prefix subnet) {
            Optional<Lease> lease = carried.filter(current -> current.subnet().equals(subnet));
            if (lease.isEmpty()) {
                return true;
            }
            boolean isNews = !keptNevertheless;
            if (isNews) {
                lost(subnet + " was taken by somebody else meanwhile");
            }
            return isNews && giveUp(lease.get());
        }

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
            twins.proceed();
            listener.onLooked();
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
            tellExpiry(failure);
            listener.onLooked();
        }

        @Override
        public void onGone(OptionalLong reusable) {
            gone(reusable);
            listener.onLooked();
        }

        @Override
        public void onTaken(String owner, OptionalLong reusable) {
            taken(owner, reusable);
            listener.onLooked();
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

        /** A look at the lease has ended, whatever came of it. */
        default void onLooked() {}

        /** The host cannot go on until an operator acts; the keeper has stopped. */
        void onRefused(String message);
    }
}
