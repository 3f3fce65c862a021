package io.rudder.netty.probe;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.rudder.net.Ipv4;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The addresses of the peers in a ring, kept in step with the routes. New ones are next in turn. Belongs to the first
 * data loop, but for {@link #measurement}.
 */
final class ProbedPeers {
    private final Supplier<RouteTable> routes;
    private RouteTable seen = RouteTable.EMPTY;
    private List<PeerPath> ring = List.of();
    private int turn;
    // Replaced as a whole, so that others may look while the loop goes on.
    private volatile IntObjectMap<PeerPath> byAddress = new IntObjectHashMap<>();

    ProbedPeers(Supplier<RouteTable> routes) {
        this.routes = routes;
    }

    /** Takes up a change of the routes; returns how many addresses there are. */
    int refresh() {
        RouteTable current = routes.get();
        if (current != seen) {
            seen = current;
            rebuild(current.peers());
        }
        return ring.size();
    }

    private void rebuild(List<Peer> peers) {
        IntObjectMap<PeerPath> old = byAddress;
        IntObjectMap<PeerPath> now = new IntObjectHashMap<>(2 * peers.size() + 8);
        List<PeerPath> fresh = new ArrayList<>();
        for (Peer peer : peers) {
            if (now.containsKey(peer.publicIp())) {
                continue;
            }
            PeerPath path = old.get(peer.publicIp());
            if (path == null || !path.endpoint().equals(peer.endpoint())) {
                path = new PeerPath(peer.endpoint());
                fresh.add(path);
            }
            now.put(peer.publicIp(), path);
        }
        ring = arrange(fresh, now);
        turn = 0;
        byAddress = now;
    }

    /** The new ones, then the old ones from whose turn it is. */
    private List<PeerPath> arrange(List<PeerPath> fresh, IntObjectMap<PeerPath> now) {
        List<PeerPath> arranged = new ArrayList<>(fresh);
        for (int i = 0; i < ring.size(); i++) {
            PeerPath path = ring.get((turn + i) % ring.size());
            if (now.get(addressOf(path)) == path) {
                arranged.add(path);
            }
        }
        return arranged;
    }

    private static int addressOf(PeerPath path) {
        return Ipv4.of((Inet4Address) path.endpoint().getAddress());
    }

    boolean isEmpty() {
        return ring.isEmpty();
    }

    int size() {
        return byAddress.size();
    }

    /** Whose turn it is. */
    PeerPath next() {
        PeerPath path = ring.get(turn);
        turn = (turn + 1) % ring.size();
        return path;
    }

    /** The path to an address; null if no peer has it. A peer may ask before the next turn takes it up. */
    PeerPath at(int publicIp) {
        PeerPath path = byAddress.get(publicIp);
        if (path != null) {
            return path;
        }
        refresh();
        return byAddress.get(publicIp);
    }

    /** On any thread. */
    PathMeasurement measurement(int publicIp) {
        PeerPath path = byAddress.get(publicIp);
        return path == null ? PathMeasurement.UNKNOWN : path.measurement();
    }
}
