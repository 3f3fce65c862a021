package io.rudder.peer;

import io.rudder.net.Ipv4Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Which of several overlapping leases count: the one whose key was created first, and never one that overlaps the own
 * subnet. Two blocks either share nothing or one holds the other, which makes neighbours in address order enough.
 */
final class OverlapRule {
    private final Optional<Ipv4Prefix> own;
    private final BiConsumer<Candidate, Ipv4Prefix> onLoser;

    /** @param onLoser hears of each lease that does not count, and which subnet it overlaps */
    OverlapRule(Optional<Ipv4Prefix> own, BiConsumer<Candidate, Ipv4Prefix> onLoser) {
        this.own = own;
        this.onLoser = onLoser;
    }

    /** The leases that count, of all in the order of their addresses. */
    Collection<Candidate> resolve(NavigableMap<Ipv4Prefix, Candidate> all) {
        return overlapsAny(own, all) || anyOverlap(all.keySet()) ? oldestFirst(all.values()) : all.values();
    }

    private static boolean overlapsAny(Optional<Ipv4Prefix> own, NavigableMap<Ipv4Prefix, ?> all) {
        // Several may lie inside the own subnet, or one may hold it: either way a neighbour does.
        return own.isPresent() && overlapping(all, own.get()).isPresent();
    }

    private static boolean anyOverlap(Iterable<Ipv4Prefix> ascending) {
        Ipv4Prefix previous = null;
        for (Ipv4Prefix subnet : ascending) {
            if (previous != null && previous.overlaps(subnet)) {
                return true;
            }
            previous = subnet;
        }
        return false;
    }

    private Collection<Candidate> oldestFirst(Collection<Candidate> all) {
        List<Candidate> candidates = new ArrayList<>(all);
        candidates.sort(Comparator.<Candidate>comparingLong(
                        candidate -> candidate.lease().createRevision())
                .thenComparing(Candidate::subnet));
        NavigableMap<Ipv4Prefix, Candidate> winners = new TreeMap<>();
        for (Candidate candidate : candidates) {
            Optional<Ipv4Prefix> conflict =
                    own.filter(candidate.subnet()::overlaps).or(() -> overlapping(winners, candidate.subnet()));
            if (conflict.isPresent()) {
                onLoser.accept(candidate, conflict.get());
            } else {
                winners.put(candidate.subnet(), candidate);
            }
        }
        return winners.values();
    }

    /** One of the keys that overlaps a subnet; the keys do not overlap each other, or any of them will do. */
    static Optional<Ipv4Prefix> overlapping(NavigableMap<Ipv4Prefix, ?> keys, Ipv4Prefix subnet) {
        Ipv4Prefix below = keys.floorKey(subnet);
        if (below != null && below.overlaps(subnet)) {
            return Optional.of(below);
        }
        Ipv4Prefix above = keys.higherKey(subnet);
        return above != null && above.overlaps(subnet) ? Optional.of(above) : Optional.empty();
    }
}
