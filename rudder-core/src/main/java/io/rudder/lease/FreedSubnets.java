package io.rudder.lease;

import io.rudder.control.ControlLoop;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The subnets that others gave up within the last hour. They are handed out last: somebody may still send to the old
 * owner. Owned by the control loop.
 */
public final class FreedSubnets {
    private static final Duration AVOIDED_FOR = Duration.ofHours(1);

    private final ControlLoop loop;
    private final Map<Ipv4Prefix, Long> freedAtNanos = new HashMap<>();

    public FreedSubnets(ControlLoop loop) {
        this.loop = loop;
    }

    /** Notes that subnets have become free. */
    public void add(Collection<Ipv4Prefix> subnets) {
        long now = loop.nanoTime();
        subnets.forEach(subnet -> freedAtNanos.put(subnet, now));
    }

    /** Those of the last hour. */
    public Set<Ipv4Prefix> recent() {
        long now = loop.nanoTime();
        freedAtNanos.values().removeIf(freedAt -> now - freedAt >= AVOIDED_FOR.toNanos());
        return Set.copyOf(freedAtNanos.keySet());
    }
}
