package io.rudder.status;

import io.rudder.net.Ipv4Prefix;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One writer's counters. Only the owning thread counts, so counting is a plain addition and an ordered store; any
 * thread reads.
 */
public final class Counters {
    private static final int SIZE = Counter.values().length;

    private static final double NANOS_PER_SECOND = 1e9;

    private final AtomicLongArray values = new AtomicLongArray(SIZE);
    private final Map<Ipv4Prefix, PeerCounters> peers = new ConcurrentHashMap<>();

    /** Counts one. On the owning thread. */
    public void increment(Counter counter) {
        add(counter, 1);
    }

    /** Counts many. On the owning thread. */
    public void add(Counter counter, long amount) {
        int index = counter.ordinal();
        values.setRelease(index, values.getPlain(index) + amount);
    }

    /** The value of one counter. On any thread. */
    public long get(Counter counter) {
        return values.getAcquire(counter.ordinal());
    }

    /** What counts the packets of the peer with a subnet. On the owning thread. */
    public PeerCounters peer(Ipv4Prefix subnet) {
        PeerCounters known = peers.get(subnet);
        return known != null ? known : peers.computeIfAbsent(subnet, added -> new PeerCounters());
    }

    /** Forgets all peers but these. On the owning thread. */
    public void retainPeers(Set<Ipv4Prefix> subnets) {
        peers.keySet().retainAll(subnets);
    }

    /**
     * What several writers carried, by the peers' subnets. On any thread.
     *
     * @param nowNanos the time by {@link System#nanoTime}
     */
    public static Map<Ipv4Prefix, PeerTraffic> traffic(Collection<Counters> writers, long nowNanos) {
        Map<Ipv4Prefix, PeerTraffic> sums = new HashMap<>();
        for (Counters writer : writers) {
            writer.peers.forEach((subnet, counted) -> sums.merge(subnet, traffic(counted, nowNanos), Counters::sum));
        }
        return sums;
    }

    private static PeerTraffic traffic(PeerCounters counted, long nowNanos) {
        long nanos = counted.nanosSinceSeen(nowNanos);
        OptionalDouble seconds =
                nanos == Long.MAX_VALUE ? OptionalDouble.empty() : OptionalDouble.of(nanos / NANOS_PER_SECOND);
        return new PeerTraffic(counted.traffic(), seconds);
    }

    private static PeerTraffic sum(PeerTraffic one, PeerTraffic other) {
        double seconds = Math.min(
                one.lastSeenSecondsAgo().orElse(Double.MAX_VALUE),
                other.lastSeenSecondsAgo().orElse(Double.MAX_VALUE));
        return new PeerTraffic(
                one.traffic().plus(other.traffic()),
                seconds == Double.MAX_VALUE ? OptionalDouble.empty() : OptionalDouble.of(seconds));
    }

    /** The sums over several writers. On any thread. */
    public static Map<Counter, Long> sum(Collection<Counters> writers) {
        Map<Counter, Long> sums = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            sums.put(
                    counter,
                    writers.stream().mapToLong(writer -> writer.get(counter)).sum());
        }
        return sums;
    }
}
