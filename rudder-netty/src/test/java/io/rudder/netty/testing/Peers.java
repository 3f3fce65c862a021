package io.rudder.netty.testing;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.Peer;
import io.rudder.peer.RouteTable;
import java.util.List;

/** Hosts of an overlay: the own one and two peers. */
public final class Peers {
    public static final Ipv4Prefix OWN = Ipv4Prefix.parse("10.0.34.0/24");
    public static final Peer B = peer("10.0.35.0/24", "198.51.100.2");
    public static final Peer C = peer("10.0.36.0/24", "198.51.100.3");
    public static final RouteTable ROUTES = RouteTable.of(OWN, List.of(B, C));

    private Peers() {}

    public static Peer peer(String subnet, String publicIp) {
        return Peer.of(Ipv4Prefix.parse(subnet), Ipv4.parse(publicIp), 8285);
    }
}
