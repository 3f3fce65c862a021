package io.rudder.peer;

import io.rudder.lease.Lease;
import io.rudder.net.Ipv4Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Which of several overlapping leases count: the one whose key was created first, and never one that overlaps the own
 * subnet. Two blocks either share nothing or one holds the other, which makes neighbours in address order enough.
 */
final class OverlapRule {
    private final Optional<Ipv4Prefix> own;
    private final BiConsumer<Lease, Ipv4Prefix> onLoser;

    /** @param onLoser hears of each lease that does not count, and which subnet it overlaps */
    OverlapRule(Optional<Ipv4Prefix> own, BiConsumer<Lease, Ipv4Prefix> onLoser) {
        this.own = own;
        this.onLoser = onLoser;
    }

    /** The leases that count. */
    Collection<Lease> resolve(Collection<Lease> leases) {
        List<Lease> sorted = new ArrayList<>(leases);
        sorted.sort(Comparator.comparing(Lease::subnet));
        return own.isPresent() || anyOverlap(sorted) ? oldestFirst(sorted) : sorted;
    }

    private static boolean anyOverlap(List<Lease> sorted) {
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).subnet().overlaps(sorted.get(i).subnet())) {
                return true;
            }
        }
        return false;
    }

    private Collection<Lease> oldestFirst(List<Lease> leases) {
        leases.sort(Comparator.comparingLong(Lease::createRevision).thenComparing(Lease::subnet));
        TreeMap<Ipv4Prefix, Lease> winners = new TreeMap<>();
        for (Lease lease : leases) {
            Optional<Ipv4Prefix> conflict =
                    own.filter(lease.subnet()::overlaps).or(() -> overlapping(winners, lease.subnet()));
            if (conflict.isPresent()) {
                onLoser.accept(lease, conflict.get());
            } else {
                winners.put(lease.subnet(), lease);
            }
        }
        return winners.values();
    }

    private static Optional<Ipv4Prefix> overlapping(TreeMap<Ipv4Prefix, Lease> winners, Ipv4Prefix subnet) {
        return Optional.ofNullable(winners.floorEntry(subnet))
                .map(Map.Entry::getKey)
                .filter(subnet::overlaps)
                .or(() -> Optional.ofNullable(winners.higherKey(subnet)).filter(subnet::overlaps));
    }
}
