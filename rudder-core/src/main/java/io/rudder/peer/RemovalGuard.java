package io.rudder.peer;

import io.rudder.control.ControlLoop;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes peers on that the registry has no more, since a key that vanished is not a host that died. A host whose key
 * was deleted creates it again within the blink of an eye, so a removed peer lingers. When most peers vanish together
 * the registry is the more likely culprit, so they are held until a second list says the same. In both cases whoever
 * owns the subnet, or one that overlaps it, has it at once. Owned by the control loop.
 */
public final class RemovalGuard {
    private static final Logger log = LoggerFactory.getLogger(RemovalGuard.class);
    private static final Duration LINGERING = Duration.ofMillis(1500);
    private static final Duration HOLD = Duration.ofSeconds(60);
    // The slowest node notices by its audit that the store was replaced, and creates its lease again.
    private static final Duration HOLD_OF_REPLACED_STORE = Duration.ofSeconds(90);
    private static final int FEW = 5;

    private final ControlLoop loop;
    private final Counters counters;
    private final Map<Ipv4Prefix, Long> removedAtNanos = new HashMap<>();
    private NavigableMap<Ipv4Prefix, Peer> routed = new TreeMap<>();
    private Optional<Hold> hold = Optional.empty();

    public RemovalGuard(ControlLoop loop, Counters counters) {
        this.loop = loop;
        this.counters = counters;
    }

    /** The store was restored from a backup or is another one: whatever it lacks is held, few or many. */
    public void storeReplaced() {
        hold = Optional.of(new Hold(loop.nanoTime(), HOLD_OF_REPLACED_STORE, false));
    }

    /** A full list was taken; the next {@link #route} sees it. It confirms removals that were held long enough. */
    public void listed() {
        hold = hold.map(held -> held.isOver(loop.nanoTime()) ? held.confirm() : held);
    }

    /** Whether removals were held long enough and wait for a list that confirms them. */
    public boolean needsList() {
        return hold.filter(held -> !held.confirmed && held.isOver(loop.nanoTime()))
                        .isPresent()
                && !removedAtNanos.isEmpty();
    }

    /**
     * The peers to route.
     *
     * @param registered the peers that the registry has; the map is not to be changed any more
     * @param own the subnet of this host
     */
    public NavigableMap<Ipv4Prefix, Peer> route(NavigableMap<Ipv4Prefix, Peer> registered, Optional<Ipv4Prefix> own) {
        if (removedAtNanos.isEmpty()) {
            hold = hold.filter(held -> !held.isOver(loop.nanoTime()));
        }
        noteRemovals(registered, own);
        holdMany();
        releaseRemovals();
        NavigableMap<Ipv4Prefix, Peer> next = registered;
        if (!removedAtNanos.isEmpty()) {
            next = new TreeMap<>(registered);
            for (Ipv4Prefix subnet : removedAtNanos.keySet()) {
                next.put(subnet, routed.get(subnet));
            }
        }
        routed = next;
        return next;
    }

    private void noteRemovals(NavigableMap<Ipv4Prefix, Peer> registered, Optional<Ipv4Prefix> own) {
        long now = loop.nanoTime();
        for (Ipv4Prefix subnet : routed.keySet()) {
            if (!registered.containsKey(subnet)) {
                removedAtNanos.putIfAbsent(subnet, now);
            }
        }
        removedAtNanos
                .keySet()
                .removeIf(subnet -> own.filter(subnet::overlaps).isPresent()
                        || OverlapRule.overlapping(registered, subnet).isPresent());
    }

    private void holdMany() {
        int removed = removedAtNanos.size();
        if (hold.isEmpty() && removed > FEW && removed * 2 > routed.size()) {
            hold = Optional.of(new Hold(loop.nanoTime(), HOLD, false));
            counters.add(Counter.REGISTRY_REMOVALS_HELD, removed);
            log.warn(
                    "{} of {} peers are gone from the registry at once: routed on, for {} s and until another list agrees",
                    removed,
                    routed.size(),
                    HOLD.toSeconds());
        }
    }

    private void releaseRemovals() {
        if (hold.isPresent() && !hold.get().confirmed) {
            return;
        }
        if (hold.isPresent() && !removedAtNanos.isEmpty()) {
            log.warn("another list agrees that {} peers are gone: not routed any more", removedAtNanos.size());
            hold = Optional.empty();
        }
        // Also after a hold: whoever was removed at its very end may be about to come back.
        long now = loop.nanoTime();
        removedAtNanos.values().removeIf(removedAt -> now - removedAt >= LINGERING.toNanos());
    }

    /** When to look again, though nothing happens; empty if there is nothing to wait for but a list. */
    public Optional<Duration> untilNext() {
        if (removedAtNanos.isEmpty() || needsList()) {
            return Optional.empty();
        }
        long now = loop.nanoTime();
        long due = hold.map(Hold::endNanos)
                .orElseGet(() -> removedAtNanos.values().stream()
                                .mapToLong(at -> at - now)
                                .min()
                                .orElseThrow()
                        + now
                        + LINGERING.toNanos());
        return Optional.of(Duration.ofNanos(Math.max(0, due - now)));
    }

    /** How many peers were removed just now and may come back. */
    public int lingering() {
        return hold.isPresent() ? 0 : removedAtNanos.size();
    }

    /** How many removals are held until a list confirms them. */
    public int held() {
        return hold.isPresent() ? removedAtNanos.size() : 0;
    }

    private record Hold(long sinceNanos, Duration length, boolean confirmed) {
        long endNanos() {
            return sinceNanos + length.toNanos();
        }

        boolean isOver(long nowNanos) {
            return nowNanos - endNanos() >= 0;
        }

        Hold confirm() {
            return new Hold(sinceNanos, length, true);
        }
    }
}
