package io.rudder.lease;

import io.rudder.control.Backoff;
import io.rudder.control.LogThrottle;
import io.rudder.control.LoopScope;
import io.rudder.net.Ipv4;
import io.rudder.status.Counter;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a lease alive: renews its etcd lease now and then, and reads the key after each renewal, because an etcd lease
 * that lives on says nothing about who owns the key. The value is written only where another host with the same node id
 * wrote it: a claim is denied, and a lease that such a host took, because no denial reached it in time, is taken back.
 * Whoever wrote over the other's address yields if the other does the same soon afterwards: it is alive, and was first.
 * Owned by the control loop.
 */
final class LeaseRenewal implements LeasePhase {
    private static final Logger log = LoggerFactory.getLogger(LeaseRenewal.class);
    private static final double JITTER = 0.1;
    // Longer than it takes an owner to notice that its watch is dead, and to read and write by a slow registry.
    private static final Duration YIELDING = LeaseClaim.LONG_WAIT;

    private final ControlContext context;
    private final LeaseTerms terms;
    private final Listener listener;
    private final Backoff backoff;
    private final LogThrottle cloneLog;
    private Lease lease;
    private LoopScope cycle;
    private boolean etcdLeaseLives;
    private boolean writing;
    // To which addresses this host yields, for a while from a moment on.
    private IntPredicate yieldsTo;
    private long yieldsSinceNanos;

    /** @param claimed whether it was the lease of a host at another address, which did not deny this host's claim */
    LeaseRenewal(ControlContext context, LeaseTerms terms, Lease lease, boolean claimed, Listener listener) {
        this.context = context;
        this.terms = terms;
        this.lease = lease;
        this.listener = listener;
        this.backoff = new Backoff(Backoff.FIRST, context.random());
        this.cloneLog = new LogThrottle(context.loop());
        this.cycle = new LoopScope(context.loop());
        // One clone may have claimed it from another one, so the owner may be anybody.
        this.yieldsTo = address -> claimed;
        this.yieldsSinceNanos = context.loop().nanoTime();
    }

    /** Starts with a wait: the lease was renewed or created just now. */
    void start() {
        cycle.schedule(interval(), this::renew);
    }

    /** Renews and reads at once; what is under way is started over, but for a write, which is followed by a look anyway. */
    @Override
    public void verify() {
        if (writing) {
            return;
        }
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
            read();
            return;
        }
        // Also without an etcd lease the key has the last word: it may be a reservation by now, or somebody else's.
        cycle.await(
                context.registry().renew(lease.etcdLeaseId()),
                timeToLive -> {
                    etcdLeaseLives = timeToLive.isPresent();
                    read();
                },
                this::missed);
    }

    private void read() {
        cycle.await(context.registry().get(lease.subnet()), this::judge, this::missed);
    }

    private void judge(Optional<RegistryEntry> entry) {
        if (entry.isEmpty()) {
            close();
            listener.onGone(reusable(0));
            return;
        }
        Optional<Lease> found = Lease.find(entry.get());
        if (found.filter(this::isOwn).isPresent()) {
            confirmOrDeny(found.get());
        } else if (found.filter(this::isContested).isPresent()) {
            contest(found.get());
        } else {
            close();
            listener.onTaken(owner(entry.get()), reusable(entry.get().etcdLeaseId()));
        }
    }

    private boolean isOwn(Lease found) {
        return terms.identity().isAsWritten(found.attributes());
    }

    /** Whether it is this very lease, into which a host with the same node id wrote its own address. */
    private boolean isContested(Lease found) {
        return terms.identity().isNamedBy(found.attributes())
                && found.createRevision() == lease.createRevision()
                && !found.isReservation();
    }

    private void confirmOrDeny(Lease found) {
        if (found.attributes().claimant().isPresent()) {
            tellOfClone(
                    "the host at {} has this host's node id and claims the lease of {}: denied",
                    found.attributes().claimant().orElseThrow());
            writeOwn(found, written -> read());
        } else {
            confirm(found);
        }
    }

    private void contest(Lease found) {
        int other = found.attributes().publicIp();
        if (isYielding() && yieldsTo.test(other)) {
            close();
            listener.onOlderOwner(LeaseClaim.denial(terms.identity(), found), reusable(found.etcdLeaseId()));
            return;
        }
        tellOfClone(
                "the host at {} has this host's node id and took the lease of {}: taking it back", Ipv4.format(other));
        writeOwn(found, written -> {
            if (written) {
                yieldsTo = address -> address == other;
                yieldsSinceNanos = context.loop().nanoTime();
            }
            read();
        });
    }

    private void tellOfClone(String message, String address) {
        if (cloneLog.permits()) {
            log.warn(message, address, lease.subnet());
        }
    }

    private boolean isYielding() {
        return context.loop().nanoTime() - yieldsSinceNanos < YIELDING.toNanos();
    }

    private void writeOwn(Lease found, Consumer<Boolean> next) {
        writing = true;
        cycle.await(
                context.registry()
                        .update(
                                found.subnet(),
                                terms.identity().attributes(),
                                found.modRevision(),
                                found.etcdLeaseId()),
                written -> {
                    writing = false;
                    next.accept(written);
                },
                failure -> {
                    writing = false;
                    missed(failure);
                });
    }

    /** The etcd lease, if it lives on without a key. */
    private OptionalLong reusable(long attachedToKey) {
        boolean isFree = etcdLeaseLives && !lease.isReservation() && lease.etcdLeaseId() != attachedToKey;
        return isFree ? OptionalLong.of(lease.etcdLeaseId()) : OptionalLong.empty();
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

    /** Hears how the lease fares. After {@link #onGone}, {@link #onTaken} and {@link #onOlderOwner} the renewal is over. */
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

        /** A live host with this node id had the lease before and has it again; the message is one line. */
        void onOlderOwner(String message, OptionalLong reusable);
    }
}
