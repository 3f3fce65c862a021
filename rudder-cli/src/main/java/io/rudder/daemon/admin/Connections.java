package io.rudder.daemon.admin;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The open connections: where there are too many, a new one takes the place of that whose last use is the longest ago.
 * Belongs to the admin loop.
 */
final class Connections {
    private final int limit;
    private final Set<Channel> byLastUse = new LinkedHashSet<>();

    Connections(int limit) {
        this.limit = limit;
    }

    /** There is another one, of this loop. */
    void add(Channel connection) {
        if (byLastUse.size() == limit) {
            Channel idlest = byLastUse.iterator().next();
            byLastUse.remove(idlest);
            idlest.close();
        }
        byLastUse.add(connection);
        connection.closeFuture().addListener(closed -> byLastUse.remove(connection));
    }

    /** It has just been of use. */
    void used(Channel connection) {
        if (byLastUse.remove(connection)) {
            byLastUse.add(connection);
        }
    }
}
