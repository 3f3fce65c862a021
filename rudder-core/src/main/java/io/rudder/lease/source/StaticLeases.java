package io.rudder.lease.source;

import io.rudder.control.ControlLoop;
import io.rudder.lease.LeaseRegistry;

/**
 * A list of hosts and subnets that the application brings along and may change while overlays run. Each node takes the
 * subnet of its own public address. Safe on any thread.
 */
public final class StaticLeases implements LeaseSource {
    private final LeaseStore store = new LeaseStore();

    /** A source with this list. */
    public StaticLeases(PeerList list) {
        update(list);
    }

    /** From now on this is the list; nodes hear of the difference. Network and port apply to overlays started later. */
    public void update(PeerList list) {
        store.replaceAll(list.entries());
    }

    @Override
    public LeaseRegistry open(ControlLoop loop) {
        return new FixedRegistry(store, "the list of peers", () -> {});
    }
}
