package io.rudder.lease;

import io.rudder.config.NetworkConfig;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

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
 *
 * <p>{@link LeaseStanding} knows where it stands, and {@link LeaseLife} what to do about it.
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

    private final LeaseRegistry registry;
    private final LeaseStanding standing;
    private final LeaseLife life;

    /** Nothing happens until {@link #start}. */
    public LeaseKeeper(
            ControlContext context, NetworkConfig config, LeaseTerms terms, FreedSubnets freed, Listener listener) {
        this.registry = context.registry();
        this.standing = new LeaseStanding(context, terms.policy().timeToLive());
        LeaseTools tools = new LeaseTools(context, freed, new EtcdLeaseReturns(context), standing);
        this.life = new LeaseLife(tools, config, terms, listener);
    }

    /** Starts to acquire a lease. */
    public void start() {
        life.start();
    }

    /**
     * Starts from the lease of an earlier run, which the host carries while the registry does not answer.
     *
     * @param confirmed when the registry last said that it was the host's
     */
    public void resume(Lease earlier, Instant confirmed) {
        life.resume(earlier, confirmed);
    }

    /** The range of subnets to choose from is another one; matters for the next lease only. */
    public void config(NetworkConfig changed) {
        life.config(changed);
    }

    /** Where the lease stands. On any thread. */
    public LeaseStatus status() {
        return standing.status();
    }

    /** The lease while it is held, confirmed or not. */
    public Optional<Lease> own() {
        return standing.own();
    }

    /** Looks at once whether the lease is still the host's: something hints that it is not. */
    public void verify() {
        life.verify();
    }

    /** Looks at an entry of the registry that may be another lease with this host's node id. */
    public void lookAtTwin(RegistryEntry entry) {
        life.lookAtTwin(entry);
    }

    /**
     * The host is at another address now: writes it into the lease, which is held meanwhile; {@link Listener#onHeld}
     * follows.
     */
    public void readdress(int publicIp) {
        life.readdress(publicIp);
    }

    /** Ends timers and tries. The lease is kept, so that a restart gets it back. */
    public void stop() {
        life.stop();
    }

    /** Stops and gives the lease back; a reservation stays. Done when the registry has answered. */
    public CompletableFuture<Void> release() {
        Optional<Lease> leased = standing.own().filter(lease -> !lease.isReservation());
        stop();
        return leased.map(lease -> registry.revoke(lease.etcdLeaseId()))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /** Hears of the own lease, on the control loop. */
    public interface Listener {
        /** The host has this lease: the first one, the same again after a loss, or another. */
        void onHeld(Lease lease);

        /**
         * The host has the lease no more. {@link #onHeld} follows once it has another, or the same again: at once as a
         * rule, but not before an operator acts if a live host with this node id denies it one, and never if
         * {@link #onRefused} follows.
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
