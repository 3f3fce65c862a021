package io.rudder.netty.tunnel;

import io.rudder.peer.RouteTable;

/** Where data loops take the routes from: one volatile reference, stored by the control thread. */
final class RouteSource {
    private volatile RouteTable current = RouteTable.EMPTY;

    RouteTable current() {
        return current;
    }

    void publish(RouteTable routes) {
        current = routes;
    }
}
