package io.rudder.lease;

import io.rudder.control.Backoff;
import io.rudder.control.LoopScope;
import io.rudder.status.Counter;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a lease alive: renews its etcd lease now and then, and reads the key after each renewal, because an etcd lease
 * that lives on says nothing about who owns the key. The value is never written here. Owned by the control loop.
 */
final class LeaseRenewal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaseRenewal.class);
    private static final double JITTER = 0.1;

    private final ControlContext context;
    private final LeaseTerms terms;
    private final Listener listener;
    private final Backoff backoff;
    private Lease lease;
    private LoopScope cycle;
    private boolean etcdLeaseLives;

    LeaseRenewal(ControlContext context, LeaseTerms terms, Lease lease, Listener listener) {
        this.context = context;
        this.terms = terms;
        this.lease = lease;
        this.listener = listener;
        this.backoff = new Backoff(Backoff.FIRST, context.random());
        this.cycle = new LoopScope(context.loop());
    }

    /** Starts with a wait: the lease was renewed or created just now. */
    void start() {
        cycle.schedule(interval(), this::renew);
    }

    /** Renews and reads at once; what is under way is started over. */
    void renewNow() {
        cycle.close();
        cycle = new LoopScope(context.loop());
        renew();
    }

    /** With jitter, but never so late that a lease with a short margin would run out. */
    private Duration interval() {
        LeasePolicy policy = terms.policy();
        Duration latest = policy.renewInterval().plus(policy.timeToLive()).dividedBy(2);
        Duration jittered = Backoff.jitter(policy.renewInterval(), JITTER, context.random());
        return jittered.compareTo(latest) < 0 ? jittered : latest;
    }

    private void renew() {
        if (lease.isReservation()) {
            verify();
            return;
        }
        // Also without an etcd lease the key has the last word: it may be a reservation by now, or somebody else's.
        cycle.await(
                context.registry().renew(lease.etcdLeaseId()),
                timeToLive -> {
                    etcdLeaseLives = timeToLive.isPresent();
                    verify();
                },
                this::missed);
    }

    private void verify() {
        cycle.await(context.registry().get(lease.subnet()), this::verify, this::missed);
    }

    private void verify(Optional<RegistryEntry> entry) {
        if (entry.isEmpty()) {
            close();
            listener.onGone(reusable(0));
            return;
        }
        Optional<Lease> found = Lease.find(entry.get()).filter(this::isOwn);
        if (found.isEmpty()) {
            close();
            listener.onTaken(owner(entry.get()), reusable(entry.get().etcdLeaseId()));
        } else if (found.get().attributes().claimant().isPresent()) {
            deny(found.get());
        } else {
            confirm(found.get());
        }
    }

    private boolean isOwn(Lease found) {
        return terms.identity().isAsWritten(found.attributes());
    }

    /** The etcd lease, if it lives on without a key. */
    private OptionalLong reusable(long attachedToKey) {
        boolean isFree = etcdLeaseLives && !lease.isReservation() && lease.etcdLeaseId() != attachedToKey;
        return isFree ? OptionalLong.of(lease.etcdLeaseId()) : OptionalLong.empty();
    }

    /** Another host has the same node id and asks whether this one is alive. */
    private void deny(Lease found) {
        log.warn(
                "the host at {} has this host's node id and claims the lease of {}: denied",
                found.attributes().claimant().orElseThrow(),
                found.subnet());
        cycle.await(
                context.registry()
                        .update(
                                found.subnet(),
                                terms.identity().attributes(),
                                found.modRevision(),
                                found.etcdLeaseId()),
                written -> verify(),
                this::missed);
    }

    private void confirm(Lease found) {
        lease = found;
        backoff.reset();
        context.counters().increment(Counter.LEASE_RENEWALS);
        cycle.schedule(interval(), this::renew);
        listener.onRenewed(lease);
    }

    private static String owner(RegistryEntry entry) {
        try {
            return NodeIdentity.describe(Lease.of(entry).attributes());
        } catch (IllegalArgumentException notALease) {
            return "somebody who wrote a value that is no lease (" + notALease.getMessage() + ")";
        }
    }

    private void missed(Throwable failure) {
        context.counters().increment(Counter.LEASE_RENEWAL_FAILURES);
        cycle.schedule(backoff.next(), this::renew);
        listener.onMissed(backoff.failures(), failure);
    }

    @Override
    public void close() {
        cycle.close();
    }

    /** Hears how the lease fares. After {@link #onGone} and {@link #onTaken} the renewal is over. */
    interface Listener {
        /** The key is there and the host's, as this lease has it. */
        void onRenewed(Lease current);

        /** So many tries in a row failed. */
        void onMissed(int misses, Throwable failure);

        /**
         * The key is gone.
         *
         * @param reusable the etcd lease that kept it alive, if that lives on
         */
        void onGone(OptionalLong reusable);

        /** The key is somebody else's; see {@link #onGone}. */
        void onTaken(String owner, OptionalLong reusable);
    }
}
