package io.rudder.it.scale;

import io.rudder.config.NetworkConfig;
import io.rudder.control.ControlThread;
import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.lease.Lease;
import io.rudder.lease.LeasePolicy;
import io.rudder.lease.NodeIdentity;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.node.ControlPlane;
import io.rudder.node.NodeSettings;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * One node's control plane, and how late its route table is: each change that a writer announces puts a higher public
 * address into its subnet than the one before, so that a table tells which changes it contains.
 */
final class Follower implements ControlPlane.Listener, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final EtcdLeaseRegistry registry;
    private final ControlThread thread = new ControlThread();
    private final ControlPlane controlPlane;
    private final CompletableFuture<RouteTable> firstRoutes = new CompletableFuture<>();

    /** Guarded by this: what is written and not seen. */
    private final Deque<Written> unseen = new ArrayDeque<>();

    /** Guarded by this. */
    private final long[] lagNanos;

    /** Guarded by this. */
    private int seen;

    /** Guarded by this. */
    private RouteTable newest = RouteTable.EMPTY;

    Follower(EtcdOptions options, int changes) {
        this.lagNanos = new long[changes];
        this.registry = new EtcdLeaseRegistry(options);
        NodeSettings settings = new NodeSettings(
                new NodeIdentity("follower", Ipv4.parse("192.0.2.1")),
                OptionalInt.empty(),
                Optional.empty(),
                LeasePolicy.DEFAULT,
                options.prefix() + "/config");
        this.controlPlane = new ControlPlane(registry, thread, settings, new Counters(), this);
        controlPlane.start();
    }

    /** The first table with peers. */
    RouteTable awaitRoutes() {
        return firstRoutes.join();
    }

    /** A write has returned. */
    synchronized void written(Ipv4Prefix subnet, int publicIp) {
        unseen.add(new Written(subnet, publicIp, System.nanoTime()));
        look();
    }

    /** Waits until so many changes have been seen. */
    synchronized void awaitSeen(int count) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (seen < count && System.nanoTime() - deadline < 0) {
            wait(LIMIT.toMillis());
        }
        if (seen < count) {
            throw new AssertionError("only " + seen + " of " + count + " changes reached the route table");
        }
    }

    synchronized long[] lags() {
        return Arrays.copyOf(lagNanos, seen);
    }

    @Override
    public synchronized void onRoutes(RouteTable routes) {
        firstRoutes.complete(routes);
        newest = routes;
        look();
        notifyAll();
    }

    private void look() {
        long now = System.nanoTime();
        unseen.removeIf(written -> {
            Peer peer = newest.lookup(written.subnet.first());
            boolean isThere = peer != null && Integer.compareUnsigned(peer.publicIp(), written.publicIp) >= 0;
            if (isThere) {
                lagNanos[seen++] = Math.max(0, now - written.atNanos);
            }
            return isThere;
        });
    }

    @Override
    public void onJoined(NetworkConfig config, Lease own) {}

    @Override
    public void onRefused(String message) {
        firstRoutes.completeExceptionally(new AssertionError(message));
    }

    @Override
    public void close() {
        controlPlane.stop();
        thread.close();
        registry.close();
    }

    private record Written(Ipv4Prefix subnet, int publicIp, long atNanos) {}
}
