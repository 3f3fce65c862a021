package io.rudder.lease;

import io.rudder.control.LoopScope;
import io.rudder.lease.LeaseRegistry.CreateResult;
import io.rudder.net.Ipv4Prefix;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates a key where there is none, on an etcd lease that is granted once and used by all tries, and finds out what came
 * of a transaction whose answer is missing. Owned by the control loop.
 */
final class LeaseCreation implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaseCreation.class);

    private final LeaseRegistry registry;
    private final EtcdLeaseReturns returns;
    private final LeaseTerms terms;
    private final LoopScope scope;
    private final RegistryRetries retries;
    private final Listener listener;
    // 0 while there is none.
    private long grantedId;
    // The subnet whose key the etcd lease kept alive once: a backup may bring that key back, so it is for no other one.
    private Optional<Ipv4Prefix> grantedFor = Optional.empty();

    /** @param scope what is under way belongs to it */
    LeaseCreation(LeaseTools tools, LeaseTerms terms, LoopScope scope, RegistryRetries retries, Listener listener) {
        this.registry = tools.context().registry();
        this.returns = tools.returns();
        this.terms = terms;
        this.scope = scope;
        this.retries = retries;
        this.listener = listener;
    }

    /** Has an etcd lease already, which kept a subnet's key alive that is gone. */
    void reuse(long etcdLeaseId, Ipv4Prefix subnet) {
        grantedId = etcdLeaseId;
        grantedFor = Optional.of(subnet);
    }

    /** Creates the key of a subnet. */
    void create(Ipv4Prefix subnet) {
        withGrant(
                subnet,
                etcdLeaseId -> scope.await(
                        registry.create(subnet, terms.identity().attributes(), etcdLeaseId),
                        result -> created(subnet, result),
                        failure -> {
                            retries.note(failure);
                            findOut(subnet, failure);
                        }));
    }

    /** Goes on with an etcd lease for a subnet's key. */
    void withGrant(Ipv4Prefix subnet, LongConsumer next) {
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
                failure -> retries.retry(failure, listener::onUnclear));
    }

    private void created(Ipv4Prefix subnet, CreateResult result) {
        if (result instanceof CreateResult.Created created) {
            succeed(subnet, created.revision());
        } else if (result instanceof CreateResult.Taken taken) {
            log.debug("{} went to another host, trying the next", subnet);
            listener.onTaken(taken.snapshot());
        }
    }

    private void succeed(Ipv4Prefix subnet, long revision) {
        listener.onCreated(new Lease(subnet, terms.identity().attributes(), grantedId, revision, revision));
    }

    /** The answer to a transaction is missing: only the key tells whether it was carried out. */
    private void findOut(Ipv4Prefix subnet, Throwable cause) {
        scope.await(
                registry.get(subnet),
                entry -> entry.filter(found -> found.etcdLeaseId() == grantedId)
                        .ifPresentOrElse(
                                found -> succeed(subnet, found.createRevision()), () -> revokeAndStartOver(cause)),
                failure -> retries.retry(failure, () -> findOut(subnet, cause)));
    }

    /** The transaction may still be under way: with its etcd lease revoked it is refused when it arrives. */
    private void revokeAndStartOver(Throwable cause) {
        scope.await(
                registry.revoke(grantedId),
                revoked -> {
                    forgetGrant();
                    retries.later(cause, listener::onUnclear);
                },
                failure -> retries.retry(failure, () -> revokeAndStartOver(cause)));
    }

    /** The host has this lease: if it is kept alive by the etcd lease granted here, that is not given back. */
    void succeeded(Lease lease) {
        if (lease.etcdLeaseId() == grantedId) {
            forgetGrant();
        }
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

    /** Gives an etcd lease back that no key uses. */
    @Override
    public void close() {
        giveGrantBack();
    }

    /** Hears how a try ended. */
    interface Listener {
        /** The key is there, and the host's. */
        void onCreated(Lease lease);

        /** Somebody else was faster; the registry as it was then. */
        void onTaken(RegistrySnapshot snapshot);

        /** Nothing was created: look again. */
        void onUnclear();
    }
}
