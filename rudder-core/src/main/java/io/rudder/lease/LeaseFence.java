package io.rudder.lease;

import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what becomes of a subnet that the host carries and somebody else owns. Owned by the control loop. */
final class LeaseFence {
    /** What to do next. */
    enum Next {
        TAKE_ANOTHER,
        WAIT_FOR_IT,
        END
    }

    private static final Logger log = LoggerFactory.getLogger(LeaseFence.class);

    private final Counters counters;
    private final LeasePolicy.OnLost policy;
    private final LeaseStanding standing;
    private final BiConsumer<Lease, Optional<String>> onFenced;

    /** @param onFenced hears which lease's subnet is carried no more, and with which message the host ends, if it does */
    LeaseFence(LeaseTools tools, LeasePolicy.OnLost policy, BiConsumer<Lease, Optional<String>> onFenced) {
        this.counters = tools.context().counters();
        this.standing = tools.standing();
        this.policy = policy;
        this.onFenced = onFenced;
    }

    /** The subnet was taken while its key was being created again. Tells whether to take another one. */
    boolean takenMeanwhile(Lease lease) {
        if (standing.isKeptNevertheless()) {
            return false;
        }
        standing.lost(lease.subnet() + " was taken by somebody else meanwhile");
        return giveUp(lease) == Next.TAKE_ANOTHER;
    }

    /** No lease can be had; a subnet that is carried is a live host's, which denied a claim. Tells whether to go on. */
    boolean refused(String message) {
        Optional<Lease> carried = standing.carried();
        if (carried.isEmpty() || standing.isKeptNevertheless()) {
            return true;
        }
        standing.lost(carried.get().subnet() + " is not this host's: " + message);
        return giveUp(carried.get()) != Next.END;
    }

    /** The lease is lost; the standing tells why. */
    Next giveUp(Lease lease) {
        String problem = standing.status().problem().orElseThrow();
        counters.increment(Counter.LEASE_FENCES);
        switch (policy) {
            case FENCE -> {
                log.error("{}: giving it up for another subnet", problem);
                standing.givenUp();
                onFenced.accept(lease, Optional.empty());
                return Next.TAKE_ANOTHER;
            }
            case EXIT -> {
                standing.givenUp();
                onFenced.accept(lease, Optional.of(problem + ": ending, as -on-lease-lost=exit asks"));
                return Next.END;
            }
            default -> {
                log.error("{}: going on with it, as -on-lease-lost=keep asks", problem);
                standing.keptNevertheless();
                return Next.WAIT_FOR_IT;
            }
        }
    }
}
