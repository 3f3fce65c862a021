package io.rudder.netty.overlay;

import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.Peer;
import java.util.List;

/** Hears what happens to an {@link Overlay}, on its control thread: to return soon, and never to block. */
public interface OverlayListener {
    /** The node has a subnet of its own; its device follows. */
    default void onJoined(Ipv4Prefix subnet) {}

    /** Packets are carried from now on. */
    default void onReady(OverlayStatus status) {}

    /** These are the other nodes now, in no particular order. */
    default void onPeers(List<Peer> peers) {}

    /** Somebody else has the subnet that the node had; this is the new one, and the device has its address. */
    default void onSubnetChanged(Ipv4Prefix subnet) {}

    /** The node has ended by itself, and closes what it has opened; one line why, and what would do. */
    default void onFailed(String reason) {}

    /** The node is closed; nothing else is heard of it. */
    default void onClosed() {}
}
