package io.rudder.testing;

import io.rudder.config.NetworkConfig;
import io.rudder.lease.ControlContext;
import io.rudder.lease.Lease;
import io.rudder.lease.LeasePolicy;
import io.rudder.lease.NodeIdentity;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.node.ControlPlane;
import io.rudder.node.ControlStatus;
import io.rudder.node.NodeSettings;
import io.rudder.node.SavedState;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A node's control plane on a virtual loop, with what its listener heard. */
public final class TestNode implements ControlPlane.Listener {
    public final MemoryRegistry registry;
    public final Counters counters = new Counters();
    public final List<String> refusals = new ArrayList<>();
    public final List<Ipv4Prefix> changedTo = new ArrayList<>();
    public final List<RouteTable> tables = new ArrayList<>();
    public Optional<Lease> joinedWith = Optional.empty();
    public Optional<NetworkConfig> config = Optional.empty();
    private final ControlPlane plane;

    public TestNode(VirtualLoop loop, MemoryStore store, NodeSettings settings, long seed) {
        registry = new MemoryRegistry(store, loop);
        ControlContext context = new ControlContext(registry, loop, new SplittableRandom(seed), counters);
        plane = new ControlPlane(context, settings, this);
    }

    /** Settings with the node id made of a number. */
    public static NodeSettings settings(int number, String publicIp) {
        return new NodeSettings(
                new NodeIdentity(id(number), Ipv4.parse(publicIp)),
                OptionalInt.empty(),
                Optional.empty(),
                LeasePolicy.DEFAULT,
                "/coreos.com/network/config");
    }

    public static String id(int number) {
        return String.format("%032x", number);
    }

    public TestNode start() {
        plane.start();
        return this;
    }

    public void stop() {
        plane.stop();
    }

    public TestNode startFrom(SavedState earlier) {
        plane.start(Optional.of(earlier));
        return this;
    }

    public CompletableFuture<Void> release() {
        return plane.release();
    }

    public void readdress(String publicIp) {
        plane.readdress(Ipv4.parse(publicIp));
    }

    public ControlStatus status() {
        return plane.status();
    }

    public boolean hasJoined() {
        return joinedWith.isPresent();
    }

    public RouteTable routes() {
        return tables.isEmpty() ? RouteTable.EMPTY : tables.get(tables.size() - 1);
    }

    /** The own subnet as the data path has it, as text; empty text for none. */
    public String subnet() {
        return routes().own().map(Ipv4Prefix::toString).orElse("");
    }

    /** The peers as the data path has them: subnet to public address. */
    public Map<String, String> peers() {
        Map<String, String> peers = new TreeMap<>();
        for (Peer peer : routes().peers()) {
            peers.put(peer.subnet().toString(), Ipv4.format(peer.publicIp()));
        }
        return peers;
    }

    @Override
    public void onJoined(NetworkConfig joinedConfig, Lease own) {
        if (hasJoined()) {
            throw new AssertionError("joined twice");
        }
        joinedWith = Optional.of(own);
        config = Optional.of(joinedConfig);
    }

    @Override
    public void onRoutes(RouteTable routes) {
        if (!hasJoined()) {
            throw new AssertionError("routes before joining");
        }
        tables.add(routes);
    }

    @Override
    public void onLeaseChanged(Lease own) {
        changedTo.add(own.subnet());
    }

    @Override
    public void onRefused(String message) {
        refusals.add(message);
    }
}
