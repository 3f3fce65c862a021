package io.rudder.lease;

import io.rudder.control.Backoff;
import io.rudder.control.LoopScope;

/**
 * Gives etcd leases back that the host has no use for any more, and tries until the registry has answered: one that lives
 * on may keep a key alive, of a subnet that nobody carries. Owned by the control loop.
 */
final class EtcdLeaseReturns implements AutoCloseable {
    private final ControlContext context;
    private final LoopScope scope;

    EtcdLeaseReturns(ControlContext context) {
        this.context = context;
        this.scope = new LoopScope(context.loop());
    }

    /** Gives one back; after {@link #close} with a single try. */
    void giveBack(long etcdLeaseId) {
        giveBack(etcdLeaseId, new Backoff(Backoff.FIRST, context.random()));
    }

    private void giveBack(long etcdLeaseId, Backoff backoff) {
        scope.await(
                context.registry().revoke(etcdLeaseId),
                done -> {},
                failure -> scope.schedule(backoff.next(), () -> giveBack(etcdLeaseId, backoff)));
    }

    /** Ends the tries. */
    @Override
    public void close() {
        scope.close();
    }
}
