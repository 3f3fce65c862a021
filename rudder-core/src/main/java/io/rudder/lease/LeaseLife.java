package io.rudder.lease;

import io.rudder.config.NetworkConfig;
import io.rudder.lease.LeaseKeeper.State;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done about the own lease: one {@link LeasePhase} at a time, in which a lease is acquired, or renewed, or waited
 * for. {@link LeaseKeeper} says what its calls mean. Owned by the control loop.
 */
final class LeaseLife {
    private static final Logger log = LoggerFactory.getLogger(LeaseLife.class);
    private static final int MISSES_UNTIL_UNCONFIRMED = 3;

    private final LeaseTools tools;
    private final LeaseKeeper.Listener listener;
    private final LeaseStanding standing;
    private final LeaseFence fence;
    private final TwinLeases twins;
    private NetworkConfig config;
    private LeaseTerms terms;
    private LeasePhase phase = LeasePhase.NONE;
    // What the present or next acquisition wants.
    private Optional<Ipv4Prefix> preferred = Optional.empty();
    // Why no lease can be had until an operator acts; empty if it is not so.
    private Optional<String> refusal = Optional.empty();

    LeaseLife(LeaseTools tools, NetworkConfig config, LeaseTerms terms, LeaseKeeper.Listener listener) {
        this.tools = tools;
        this.standing = tools.standing();
        this.config = config;
        this.terms = terms;
        this.listener = listener;
        this.fence = new LeaseFence(tools, terms.policy().onLost(), this::fenced);
        this.twins = new TwinLeases(tools.context(), terms.identity(), this::settled, this::giveWay);
    }

    void start() {
        acquire(terms.previousSubnet());
    }

    void resume(Lease earlier, Instant confirmed) {
        standing.resumed(earlier, confirmed);
        acquire(Optional.of(earlier.subnet()));
    }

    void config(NetworkConfig changed) {
        config = changed;
    }

    void verify() {
        phase.verify();
    }

    void lookAtTwin(RegistryEntry entry) {
        twins.look(entry);
    }

    void readdress(int publicIp) {
        if (standing.state() == State.STOPPED || publicIp == terms.identity().publicIp()) {
            return;
        }
        terms = terms.at(publicIp);
        twins.self(terms.identity());
        Optional<Lease> current = standing.own();
        if (current.isPresent()) {
            newAcquirer(Optional.of(current.get().subnet())).startFrom(current.get());
        } else if (phase instanceof LeaseAcquirer) {
            standing.carried()
                    .ifPresentOrElse(
                            lease -> createAgain(lease.subnet(), OptionalLong.empty()), () -> acquire(preferred));
        }
    }

    void stop() {
        standing.stopped();
        twins.close();
        tools.returns().close();
        enter(LeasePhase.NONE);
    }

    private void enter(LeasePhase next) {
        phase.close();
        phase = next;
    }

    private void acquire(Optional<Ipv4Prefix> wanted) {
        newAcquirer(wanted).start(wanted);
    }

    private void createAgain(Ipv4Prefix subnet, OptionalLong reusable) {
        LeaseAcquirer acquirer = newAcquirer(Optional.of(subnet));
        reusable.ifPresent(etcdLeaseId -> acquirer.reuse(etcdLeaseId, subnet));
        acquirer.startAgain(subnet);
    }

    private LeaseAcquirer newAcquirer(Optional<Ipv4Prefix> wanted) {
        preferred = wanted;
        Duration claimWait = refusal.isPresent() ? LeaseClaim.LONG_WAIT : LeaseClaim.WAIT;
        LeaseAcquirer acquirer = new LeaseAcquirer(tools, config, terms, claimWait, new AcquirerListener());
        enter(acquirer);
        return acquirer;
    }

    private void held(Lease lease, boolean claimed) {
        log.info(
                "holding {} as {}{}", lease.subnet(), terms.identity(), lease.isReservation() ? ", a reservation" : "");
        standing.confirmed(lease);
        refusal = Optional.empty();
        LeaseRenewal renewal = new LeaseRenewal(tools.context(), terms, lease, claimed, new RenewalListener());
        enter(renewal);
        renewal.start();
        listener.onHeld(lease);
        twins.proceed();
    }

    /** The lease, if it is certain that the host has it. */
    private Optional<Lease> settled() {
        return standing.own().filter(lease -> standing.state() == State.HELD && phase instanceof LeaseRenewal);
    }

    /** The registry does not tell whether the host still has its lease. */
    private void missed(int misses, Throwable failure) {
        if (misses >= MISSES_UNTIL_UNCONFIRMED && standing.state() == State.HELD) {
            Lease lease = standing.own().orElseThrow();
            log.warn("cannot renew the lease of {}, trying on: {}", lease.subnet(), failure.getMessage());
            standing.unconfirmed(failure.getMessage());
        }
        standing.tellExpiry(failure);
        listener.onLooked();
    }

    /** Nobody has the subnet: most likely it comes back, so that nothing but the registry notices. */
    private void gone(OptionalLong reusable) {
        Lease lease = standing.carried().orElseThrow();
        String problem = "the lease of " + lease.subnet() + " is gone from the registry";
        log.warn("{}, creating it again", problem);
        standing.lost(problem);
        listener.onLost(lease, false);
        createAgain(lease.subnet(), reusable);
    }

    /** Somebody else has the subnet. */
    private void taken(String owner, OptionalLong reusable) {
        Lease lease = standing.carried().orElseThrow();
        standing.lost(lease.subnet() + " was taken by " + owner);
        LeaseFence.Next next = fence.giveUp(lease);
        if (next == LeaseFence.Next.WAIT_FOR_IT) {
            createAgain(lease.subnet(), reusable);
            return;
        }
        reusable.ifPresent(tools.returns()::giveBack);
        if (next == LeaseFence.Next.TAKE_ANOTHER) {
            acquire(Optional.empty());
        }
    }

    /** The host is a clone that got the lease of one which lives: no lease is due to it. */
    private void takenBack(String message, OptionalLong reusable) {
        Lease lease = standing.carried().orElseThrow();
        standing.lost(lease.subnet() + " was taken back by its owner");
        reusable.ifPresent(tools.returns()::giveBack);
        if (fence.giveUp(lease) != LeaseFence.Next.END) {
            preferred = standing.carried().map(Lease::subnet);
            refused(message);
        }
    }

    /** Another host with this node id has an older lease. */
    private void giveWay(String message) {
        settled().ifPresent(lease -> {
            log.error("giving up {}: {}", lease.subnet(), message);
            standing.lost(message);
            standing.givenUp();
            tools.returns().giveBack(lease.etcdLeaseId());
            listener.onLost(lease, true);
            refusal = Optional.of(message);
            acquire(Optional.empty());
        });
    }

    /** The subnet is carried no more. */
    private void fenced(Lease lease, Optional<String> end) {
        listener.onLost(lease, true);
        end.ifPresent(message -> {
            stop();
            listener.onRefused(message);
        });
    }

    /** At first the host gives up; one that already carries packets waits for an operator. */
    private void refused(String message) {
        if (standing.state() == State.ACQUIRING) {
            stop();
            listener.onRefused(message);
            return;
        }
        if (!refusal.equals(Optional.of(message))) {
            log.error("no new lease: {}", message);
            refusal = Optional.of(message);
        }
        enter(new LeaseWait(tools.context(), () -> acquire(preferred)));
    }

    private final class AcquirerListener implements LeaseAcquirer.Listener {
        @Override
        public boolean onPreferredTaken(Ipv4Prefix subnet) {
            Optional<Lease> lease =
                    standing.carried().filter(carried -> carried.subnet().equals(subnet));
            boolean takeAnother = lease.isEmpty() || fence.takenMeanwhile(lease.get());
            listener.onLooked();
            return takeAnother;
        }

        @Override
        public void onFailed(Throwable failure, int failures) {
            if (standing.own().isPresent()) {
                missed(failures, failure);
            }
        }

        @Override
        public void onAcquired(Lease lease, boolean claimed) {
            held(lease, claimed);
        }

        @Override
        public void onRefused(String message) {
            if (fence.refused(message)) {
                refused(message);
            }
            listener.onLooked();
        }
    }

    private final class RenewalListener implements LeaseRenewal.Listener {
        @Override
        public void onRenewed(Lease current) {
            if (standing.state() == State.UNCONFIRMED) {
                log.info("the lease of {} is confirmed again", current.subnet());
            }
            standing.confirmed(current);
            twins.proceed();
            listener.onLooked();
        }

        @Override
        public void onMissed(int misses, Throwable failure) {
            missed(misses, failure);
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

        @Override
        public void onOlderOwner(String message, OptionalLong reusable) {
            takenBack(message, reusable);
            listener.onLooked();
        }
    }
}
