package io.rudder.peer;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How the peers of one moment differ from those of an earlier one.
 *
 * @param added peers with a subnet that had none before
 * @param moved peers whose subnet had another host or address before
 * @param removed subnets that have no peer any more
 */
public record PeerChange(List<Peer> added, List<Peer> moved, List<Ipv4Prefix> removed) {
    private static final int NAMED = 3;

    /** How {@code after} differs from {@code before}; empty if it does not. */
    public static Optional<PeerChange> between(Map<Ipv4Prefix, Peer> before, Map<Ipv4Prefix, Peer> after) {
        List<Peer> added = new ArrayList<>();
        List<Peer> moved = new ArrayList<>();
        after.forEach((subnet, peer) -> {
            Peer old = before.get(subnet);
            if (old == null) {
                added.add(peer);
            } else if (!old.equals(peer)) {
                moved.add(peer);
            }
        });
        List<Ipv4Prefix> removed = before.keySet().stream()
                .filter(subnet -> !after.containsKey(subnet))
                .toList();
        boolean same = added.isEmpty() && moved.isEmpty() && removed.isEmpty();
        return same ? Optional.empty() : Optional.of(new PeerChange(added, moved, removed));
    }

    /** For the log; long lists are cut short. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        describe("added", added, PeerChange::name).ifPresent(parts::add);
        describe("moved", moved, PeerChange::name).ifPresent(parts::add);
        describe("removed", removed, Ipv4Prefix::toString).ifPresent(parts::add);
        return String.join("; ", parts);
    }

    private static String name(Peer peer) {
        return peer.subnet() + " at " + Ipv4.format(peer.publicIp());
    }

    private static <T> Optional<String> describe(String verb, List<T> items, Function<T, String> name) {
        if (items.isEmpty()) {
            return Optional.empty();
        }
        String names = items.stream().limit(NAMED).map(name).collect(Collectors.joining(", "));
        String rest = items.size() > NAMED ? " and " + (items.size() - NAMED) + " more" : "";
        return Optional.of(verb + " " + names + rest);
    }
}
