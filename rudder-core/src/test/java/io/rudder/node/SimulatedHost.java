package io.rudder.node;

import io.rudder.config.NetworkConfig;
import io.rudder.lease.ControlContext;
import io.rudder.lease.Lease;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistryEntry;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;
import io.rudder.testing.MemoryRegistry;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.PausableLoop;
import io.rudder.testing.VirtualLoop;
import java.util.Optional;
import java.util.SplittableRandom;

/** One host of a simulation, from a start of its process to its end. */
final class SimulatedHost implements ControlPlane.Listener {
    final NodeIdentity identity;
    final MemoryRegistry registry;
    private final String name;
    private final MemoryStore store;
    private final PausableLoop process;
    private final Listener listener;
    private final ControlPlane plane;
    private RouteTable routes = RouteTable.EMPTY;
    private boolean joined;
    private boolean alive = true;

    SimulatedHost(VirtualLoop loop, MemoryStore store, NodeSettings settings, long seed, Listener listener) {
        this.identity = settings.identity();
        this.name = Ipv4.format(identity.publicIp());
        this.store = store;
        this.process = new PausableLoop(loop, () -> listener.onTurn(this));
        this.listener = listener;
        this.registry = new MemoryRegistry(store, loop);
        registry.beforeRevoke(this::checkThatItIsOwn);
        plane = new ControlPlane(
                new ControlContext(registry, process, new SplittableRandom(seed), new Counters()), settings, this);
        plane.start();
    }

    private void checkThatItIsOwn(long etcdLeaseId) {
        for (RegistryEntry entry : store.keptAliveBy(etcdLeaseId)) {
            if (!Lease.of(entry).attributes().nodeId().equals(Optional.of(identity.nodeId()))) {
                throw new AssertionError(identity + " deletes " + entry);
            }
        }
    }

    String name() {
        return name;
    }

    void kill() {
        if (alive) {
            alive = false;
            process.goOn();
            plane.stop();
        }
    }

    void pause() {
        process.pause();
    }

    void goOn() {
        process.goOn();
    }

    /** Whether its process runs: it was neither killed nor refused. */
    boolean isAlive() {
        return alive;
    }

    boolean hasJoined() {
        return joined;
    }

    /** Whether it carries packets of a subnet. */
    boolean carries() {
        return alive && routes.own().isPresent();
    }

    Ipv4Prefix subnet() {
        return routes.own().orElseThrow();
    }

    RouteTable routes() {
        return routes;
    }

    ControlStatus status() {
        return plane.status();
    }

    /** Whether packets for another host reach it. */
    boolean routesTo(SimulatedHost other) {
        Peer peer = routes.lookup(other.subnet().first());
        return peer != null && peer.publicIp() == other.identity.publicIp();
    }

    @Override
    public void onJoined(NetworkConfig config, Lease own) {
        if (joined) {
            throw new AssertionError(identity + " joined twice");
        }
        joined = true;
    }

    @Override
    public void onRoutes(RouteTable table) {
        routes = table;
        listener.onTable(this);
    }

    @Override
    public void onRefused(String message) {
        alive = false;
    }

    @Override
    public String toString() {
        return identity + (alive ? " " : " dead ")
                + routes.own().map(Ipv4Prefix::toString).orElse("without a subnet") + " "
                + status().lease().state();
    }

    /** Hears of a host. */
    interface Listener {
        /** It is about to do something. */
        void onTurn(SimulatedHost host);

        /** It has another route table. */
        void onTable(SimulatedHost host);
    }
}
