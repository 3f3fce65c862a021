package io.rudder.lease;

import io.rudder.config.NetworkConfig;
import io.rudder.control.LogThrottle;
import io.rudder.control.LoopScope;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a lease: list, plan, carry the plan out, and from the start again until it worked. A key is only ever created
 * where there is none, or written at the revision at which it was seen to be the host's. Owned by the control loop.
 */
final class LeaseAcquirer implements LeasePhase {
    private static final Logger log = LoggerFactory.getLogger(LeaseAcquirer.class);
    private static final Duration FULL_WAIT = Duration.ofSeconds(30);
    private static final Duration TAKEN_WAIT = Duration.ofSeconds(30);

    private final ControlContext context;
    private final LeaseRegistry registry;
    private final LeaseTerms terms;
    private final LeasePlanner planner;
    private final FreedSubnets freed;
    private final Duration claimWait;
    private final Listener listener;
    private final LoopScope scope;
    private final RegistryRetries retries;
    private final LeaseCreation creation;
    private final LogThrottle fullLog;
    private Optional<Ipv4Prefix> preferred = Optional.empty();
    // Whether packets of the preferred subnet are carried, so that it is worth more than any other.
    private boolean carries;
    // The subnet of a lease that this process holds, and so need not claim.
    private Optional<Ipv4Prefix> held = Optional.empty();
    // The revision of somebody else's claim that has been waited for.
    private long awaitedClaim;
    // Whether nobody denied a claim of this host.
    private boolean claimed;

    /** @param claimWait how long a live owner has to deny a claim of this host */
    LeaseAcquirer(LeaseTools tools, NetworkConfig config, LeaseTerms terms, Duration claimWait, Listener listener) {
        this.context = tools.context();
        this.registry = context.registry();
        this.terms = terms;
        this.planner = new LeasePlanner(config, terms, new SubnetAllocator(config, context.random()));
        this.freed = tools.freed();
        this.claimWait = claimWait;
        this.listener = listener;
        this.scope = new LoopScope(context.loop());
        this.retries = new RegistryRetries(context, scope, listener::onFailed);
        this.creation = new LeaseCreation(tools, terms, scope, retries, new CreationListener());
        this.fullLog = new LogThrottle(context.loop());
    }

    /** Starts; the preferred subnet is created if it is free and no lease is the host's already. */
    void start(Optional<Ipv4Prefix> preferredSubnet) {
        preferred = preferredSubnet;
        list();
    }

    /** Starts for a host that carries a subnet whose key is gone or somebody else's. */
    void startAgain(Ipv4Prefix carriedSubnet) {
        carries = true;
        start(Optional.of(carriedSubnet));
    }

    /** Has an etcd lease already, which kept a subnet's key alive that is gone. */
    void reuse(long etcdLeaseId, Ipv4Prefix subnet) {
        creation.reuse(etcdLeaseId, subnet);
    }

    /** Starts from a lease that is the host's and says another address; one that names no node is known by that only. */
    void startFrom(Lease current) {
        preferred = Optional.of(current.subnet());
        held = preferred;
        if (current.attributes().nodeId().isPresent()) {
            list();
        } else {
            rewrite(current, current.etcdLeaseId());
        }
    }

    private void list() {
        scope.await(registry.list(), this::follow, failure -> retries.retry(failure, this::list));
    }

    private void follow(RegistrySnapshot snapshot) {
        LeasePlan plan = carries && preferred.isPresent()
                ? planner.planAgain(snapshot, preferred.get(), freed.recent())
                : planner.plan(snapshot, preferred, freed.recent());
        if (isElsewhere(plan)) {
            if (!listener.onPreferredTaken(preferred.orElseThrow())) {
                retries.reset();
                scope.schedule(TAKEN_WAIT, this::list);
                return;
            }
            preferred = Optional.empty();
        }
        carryOut(plan);
    }

    /** Whether the preferred subnet cannot be had any more; one that can be claimed may be the host's yet. */
    private boolean isElsewhere(LeasePlan plan) {
        return preferred.isPresent()
                && (plan instanceof LeasePlan.Full
                        || plan instanceof LeasePlan.Refuse
                        || plan instanceof LeasePlan.Claim claim
                                && !claim.lease().subnet().equals(preferred.get())
                        || plan instanceof LeasePlan.Create create
                                && !create.subnet().equals(preferred.get()));
    }

    private void carryOut(LeasePlan plan) {
        if (plan instanceof LeasePlan.Keep keep) {
            keep(keep.lease());
        } else if (plan instanceof LeasePlan.Rewrite rewrite) {
            rewrite(rewrite);
        } else if (plan instanceof LeasePlan.Claim claim) {
            claim(claim.lease());
        } else if (plan instanceof LeasePlan.Create create) {
            creation.create(create.subnet());
        } else if (plan instanceof LeasePlan.Full full) {
            waitForRoom(full.message());
        } else if (plan instanceof LeasePlan.Refuse refuse) {
            refuse(refuse.message());
        }
    }

    private void keep(Lease lease) {
        if (lease.isReservation()) {
            acquired(lease);
            return;
        }
        preferred = Optional.of(lease.subnet());
        // An etcd lease that ran out since the list took the key with it: the next list shows the subnet free.
        scope.await(
                registry.renew(lease.etcdLeaseId()),
                timeToLive -> timeToLive.ifPresentOrElse(left -> acquired(lease), this::list),
                failure -> retries.retry(failure, this::list));
    }

    private void rewrite(LeasePlan.Rewrite plan) {
        if (plan.ownEtcdLease()) {
            creation.withGrant(plan.lease().subnet(), etcdLeaseId -> rewrite(plan.lease(), etcdLeaseId));
        } else {
            rewrite(plan.lease(), plan.lease().etcdLeaseId());
        }
    }

    /** Whatever came of it, the next list shows: then the lease is kept, written again, or somebody else's. */
    private void rewrite(Lease lease, long etcdLeaseId) {
        scope.await(
                registry.update(lease.subnet(), terms.identity().attributes(), lease.modRevision(), etcdLeaseId),
                written -> list(),
                failure -> retries.retry(failure, this::list));
    }

    private void claim(Lease lease) {
        if (held.filter(lease.subnet()::equals).isPresent()) {
            rewrite(lease, lease.etcdLeaseId());
        } else if (claimed && lease.attributes().claimant().isEmpty()) {
            // Its owner took it back before this host knew that it had it.
            refuse(LeaseClaim.denial(terms.identity(), lease));
        } else if (isClaimedByAnother(lease) && lease.modRevision() != awaitedClaim) {
            awaitedClaim = lease.modRevision();
            scope.schedule(LeaseClaim.WAIT.multipliedBy(2), this::list);
        } else {
            new LeaseClaim(context, scope, terms.identity(), new ClaimListener()).make(lease, claimWait);
        }
    }

    private boolean isClaimedByAnother(Lease lease) {
        String own = Ipv4.format(terms.identity().publicIp());
        return lease.attributes()
                .claimant()
                .filter(address -> !address.equals(own))
                .isPresent();
    }

    private void refuse(String message) {
        close();
        listener.onRefused(message);
    }

    private void waitForRoom(String message) {
        if (fullLog.permits()) {
            log.warn("{}: waiting for one to become free, looking every {} s", message, FULL_WAIT.toSeconds());
        }
        retries.reset();
        scope.schedule(FULL_WAIT, this::list);
    }

    private void acquired(Lease lease) {
        creation.succeeded(lease);
        close();
        listener.onAcquired(lease, claimed);
    }

    /** Ends the tries; an etcd lease that no key uses is given back. */
    @Override
    public void close() {
        scope.close();
        creation.close();
    }

    private final class CreationListener implements LeaseCreation.Listener {
        @Override
        public void onCreated(Lease lease) {
            acquired(lease);
        }

        @Override
        public void onTaken(RegistrySnapshot snapshot) {
            retries.reset();
            follow(snapshot);
        }

        @Override
        public void onUnclear() {
            list();
        }
    }

    private final class ClaimListener implements LeaseClaim.Listener {
        @Override
        public void onUndisputed(Lease lease) {
            claimed = true;
            retries.reset();
            rewrite(lease, lease.etcdLeaseId());
        }

        @Override
        public void onDenied(String message) {
            refuse(message);
        }

        @Override
        public void onUnclear() {
            list();
        }

        @Override
        public void onFailure(Throwable failure) {
            retries.retry(failure, LeaseAcquirer.this::list);
        }
    }

    /** Hears how it ended, once, and before that of failures and of a subnet that cannot be had. */
    interface Listener {
        /**
         * Somebody else has the preferred subnet.
         *
         * @return whether to take another one; otherwise it is waited for
         */
        boolean onPreferredTaken(Ipv4Prefix subnet);

        /** So many tries in a row failed. */
        void onFailed(Throwable failure, int failures);

        /**
         * The host has this lease.
         *
         * @param claimed whether it was the lease of a host at another address, which did not deny this host's claim
         */
        void onAcquired(Lease lease, boolean claimed);

        /** None can be had before an operator acts, also because a live host denied a claim; the message is one line. */
        void onRefused(String message);
    }
}
