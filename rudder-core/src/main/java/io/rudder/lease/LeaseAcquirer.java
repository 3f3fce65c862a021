package io.rudder.lease;

import io.rudder.config.NetworkConfig;
import io.rudder.control.Backoff;
import io.rudder.control.LogThrottle;
import io.rudder.control.LoopScope;
import io.rudder.lease.LeaseRegistry.CreateResult;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a lease: list, plan, carry the plan out, and from the start again until it worked. A key is only ever created
 * where there is none, or written at the revision at which it was seen to be the host's. Owned by the control loop.
 */
final class LeaseAcquirer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaseAcquirer.class);
    private static final Duration FULL_WAIT = Duration.ofSeconds(30);
    private static final Duration TAKEN_WAIT = Duration.ofSeconds(30);
    private static final int FAILURES_UNTIL_RECONNECT = 4;

    private final LeaseRegistry registry;
    private final LeaseTerms terms;
    private final LeasePlanner planner;
    private final FreedSubnets freed;
    private final EtcdLeaseReturns returns;
    private final Listener listener;
    private final LoopScope scope;
    private final Backoff backoff;
    private final LogThrottle failureLog;
    private final LogThrottle fullLog;
    private Optional<Ipv4Prefix> preferred = Optional.empty();
    // Whether packets of the preferred subnet are carried, so that it is worth more than any other.
    private boolean carries;
    // The subnet of a lease that this process holds, and so need not claim.
    private Optional<Ipv4Prefix> held = Optional.empty();
    // The revision of somebody else's claim that has been waited for.
    private long awaitedClaim;
    // Granted once and used by all tries; 0 while there is none.
    private long grantedId;
    // The subnet whose key the etcd lease kept alive once: a backup may bring that key back, so it is for no other one.
    private Optional<Ipv4Prefix> grantedFor = Optional.empty();

    LeaseAcquirer(
            ControlContext context,
            NetworkConfig config,
            LeaseTerms terms,
            FreedSubnets freed,
            EtcdLeaseReturns returns,
            Listener listener) {
        this.registry = context.registry();
        this.terms = terms;
        this.planner = new LeasePlanner(config, terms, new SubnetAllocator(config, context.random()));
        this.freed = freed;
        this.returns = returns;
        this.listener = listener;
        this.scope = new LoopScope(context.loop());
        this.backoff = new Backoff(Backoff.FIRST, context.random());
        this.failureLog = new LogThrottle(context.loop());
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
        grantedId = etcdLeaseId;
        grantedFor = Optional.of(subnet);
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
        scope.await(registry.list(), this::follow, failure -> retry(failure, this::list));
    }

    private void follow(RegistrySnapshot snapshot) {
        backoff.reset();
        LeasePlan plan = carries && preferred.isPresent()
                ? planner.planAgain(snapshot, preferred.get(), freed.recent())
                : planner.plan(snapshot, preferred, freed.recent());
        if (isElsewhere(plan)) {
            Ipv4Prefix wanted = preferred.orElseThrow();
            if (!listener.onPreferredTaken(wanted)) {
                scope.schedule(TAKEN_WAIT, this::list);
                return;
            }
            preferred = Optional.empty();
        }
        carryOut(plan);
    }

    /** Whether the preferred subnet cannot be had any more. */
    private boolean isElsewhere(LeasePlan plan) {
        return preferred.isPresent()
                && (plan instanceof LeasePlan.Full
                        || plan instanceof LeasePlan.Refuse
                        || plan instanceof LeasePlan.Claim claim
                                && !claim.lease().subnet().equals(held.orElse(null))
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
            withGrant(create.subnet(), etcdLeaseId -> create(create.subnet(), etcdLeaseId));
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
                failure -> retry(failure, this::list));
    }

    private void rewrite(LeasePlan.Rewrite plan) {
        if (plan.ownEtcdLease()) {
            withGrant(plan.lease().subnet(), etcdLeaseId -> rewrite(plan.lease(), etcdLeaseId));
        } else {
            rewrite(plan.lease(), plan.lease().etcdLeaseId());
        }
    }

    /** Whatever came of it, the next list shows: then the lease is kept, written again, or somebody else's. */
    private void rewrite(Lease lease, long etcdLeaseId) {
        scope.await(
                registry.update(lease.subnet(), terms.identity().attributes(), lease.modRevision(), etcdLeaseId),
                written -> list(),
                failure -> retry(failure, this::list));
    }

    private void claim(Lease lease) {
        if (held.filter(lease.subnet()::equals).isPresent()) {
            rewrite(lease, lease.etcdLeaseId());
        } else if (isClaimedByAnother(lease) && lease.modRevision() != awaitedClaim) {
            awaitedClaim = lease.modRevision();
            scope.schedule(LeaseClaim.WAIT.multipliedBy(2), this::list);
        } else {
            new LeaseClaim(registry, scope, terms.identity(), new ClaimListener()).make(lease);
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

    private void withGrant(Ipv4Prefix subnet, LongConsumer next) {
        if (grantedFor.filter(other -> !other.equals(subnet)).isPresent()) {
            giveGrantBack();
        }
        if (grantedId != 0) {
            next.accept(grantedId);
            return;
        }
        scope.await(
                registry.grant(terms.policy().timeToLive()),
                etcdLeaseId -> {
                    grantedId = etcdLeaseId;
                    next.accept(etcdLeaseId);
                },
                failure -> retry(failure, this::list));
    }

    private void create(Ipv4Prefix subnet, long etcdLeaseId) {
        scope.await(
                registry.create(subnet, terms.identity().attributes(), etcdLeaseId),
                result -> created(subnet, etcdLeaseId, result),
                failure -> findOut(subnet, failure));
    }

    private void created(Ipv4Prefix subnet, long etcdLeaseId, CreateResult result) {
        if (result instanceof CreateResult.Created created) {
            acquired(ownLease(subnet, etcdLeaseId, created.revision()));
        } else if (result instanceof CreateResult.Taken taken) {
            log.debug("{} went to another host, trying the next", subnet);
            follow(taken.snapshot());
        }
    }

    private Lease ownLease(Ipv4Prefix subnet, long etcdLeaseId, long revision) {
        return new Lease(subnet, terms.identity().attributes(), etcdLeaseId, revision, revision);
    }

    /** The answer to a transaction is missing: only the key tells whether it was carried out. */
    private void findOut(Ipv4Prefix subnet, Throwable failure) {
        logFailure(failure);
        scope.await(
                registry.get(subnet),
                entry -> entry.filter(found -> found.etcdLeaseId() == grantedId)
                        .ifPresentOrElse(
                                found -> acquired(ownLease(subnet, grantedId, found.createRevision())),
                                this::revokeAndStartOver),
                again -> retry(again, () -> findOut(subnet, again)));
    }

    /** The transaction may still be under way: with its etcd lease revoked it is refused when it arrives. */
    private void revokeAndStartOver() {
        scope.await(
                registry.revoke(grantedId),
                revoked -> {
                    forgetGrant();
                    scope.schedule(backoff.next(), this::list);
                },
                failure -> retry(failure, this::revokeAndStartOver));
    }

    private void waitForRoom(String message) {
        if (fullLog.permits()) {
            log.warn("{}: waiting for one to become free, looking every {} s", message, FULL_WAIT.toSeconds());
        }
        scope.schedule(FULL_WAIT, this::list);
    }

    private void retry(Throwable failure, Runnable step) {
        logFailure(failure);
        Duration delay = backoff.next();
        if (backoff.failures() % FAILURES_UNTIL_RECONNECT == 0) {
            registry.reconnect();
        }
        scope.schedule(delay, step);
    }

    private void logFailure(Throwable failure) {
        if (failureLog.permits()) {
            log.warn("cannot acquire a lease yet, trying on: {}", failure.getMessage());
        }
    }

    private void acquired(Lease lease) {
        if (lease.etcdLeaseId() == grantedId) {
            forgetGrant();
        }
        close();
        listener.onAcquired(lease);
    }

    /** Ends the tries; an etcd lease that no key uses is given back. */
    @Override
    public void close() {
        scope.close();
        giveGrantBack();
    }

    private void giveGrantBack() {
        if (grantedId != 0) {
            returns.giveBack(grantedId);
            forgetGrant();
        }
    }

    private void forgetGrant() {
        grantedId = 0;
        grantedFor = Optional.empty();
    }

    private final class ClaimListener implements LeaseClaim.Listener {
        @Override
        public void onUndisputed(Lease lease) {
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
            retry(failure, LeaseAcquirer.this::list);
        }
    }

    /** Hears how it ended, once, and before that of a subnet that cannot be had. */
    interface Listener {
        /**
         * Somebody else has the preferred subnet.
         *
         * @return whether to take another one; otherwise it is waited for
         */
        boolean onPreferredTaken(Ipv4Prefix subnet);

        void onAcquired(Lease lease);

        void onRefused(String message);
    }
}
