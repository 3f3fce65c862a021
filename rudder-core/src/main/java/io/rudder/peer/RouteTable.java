package io.rudder.peer;

import io.rudder.net.Ipv4Prefix;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which peer answers for an address, as one immutable table: an open-addressing hash a prefix length, of which an
 * overlay usually has one. Safe on any thread. The data path reads it once a batch, so that a batch sees one table.
 */
public final class RouteTable {
    /** No own subnet and no peers: nothing is carried. */
    public static final RouteTable EMPTY = new RouteTable(Optional.empty(), List.of());

    private final Optional<Ipv4Prefix> own;
    private final List<Peer> peers;
    private final PeersOfLength[] byLength; // the longest prefixes first
    private final Peer[] byPublicIp; // in the order of publicIps
    private final int[] publicIps; // sorted
    // Without an own subnet the mask is 0 and the address 1, which no masked address equals.
    private final int ownAddress;
    private final int ownMask;

    private RouteTable(Optional<Ipv4Prefix> own, Collection<Peer> peers) {
        this.own = own;
        this.peers = List.copyOf(peers);
        this.ownAddress = own.map(Ipv4Prefix::first).orElse(1);
        this.ownMask = own.map(prefix -> Ipv4Prefix.mask(prefix.length())).orElse(0);
        this.byPublicIp = this.peers.stream()
                .sorted(Comparator.comparingInt(Peer::publicIp))
                .toArray(Peer[]::new);
        this.publicIps = Arrays.stream(byPublicIp).mapToInt(Peer::publicIp).toArray();
        TreeSet<Integer> lengths = new TreeSet<>();
        this.peers.forEach(peer -> lengths.add(peer.subnet().length()));
        this.byLength = lengths.descendingSet().stream()
                .map(length -> new PeersOfLength(length, this.peers))
                .toArray(PeersOfLength[]::new);
    }

    /**
     * A table.
     *
     * @param own the subnet of this host
     * @param peers the other hosts; their subnets do not overlap
     */
    public static RouteTable of(Ipv4Prefix own, Collection<Peer> peers) {
        return new RouteTable(Optional.of(own), peers);
    }

    /** The subnet of this host; empty while it has none. */
    public Optional<Ipv4Prefix> own() {
        return own;
    }

    /** All peers, in no particular order. */
    public List<Peer> peers() {
        return peers;
    }

    /** Whether an address is in the own subnet. */
    public boolean ownContains(int address) {
        return (address & ownMask) == ownAddress;
    }

    /** The peer whose subnet holds an address, or null: the data path's question, so it allocates nothing. */
    public Peer lookup(int address) {
        for (PeersOfLength candidates : byLength) {
            Peer peer = candidates.get(address);
            if (peer != null) {
                return peer;
            }
        }
        return null;
    }

    /**
     * A peer with a public address, or null; one of them where several share it. Cheap enough for a flood of packets that
     * are dropped for it.
     */
    public Peer peerAt(int publicIp) {
        int found = Arrays.binarySearch(publicIps, publicIp);
        return found < 0 ? null : byPublicIp[found];
    }

    /** The peers whose subnets have one prefix length, hashed by their first address with linear probing. */
    private static final class PeersOfLength {
        // 2^32 / golden ratio: spreads block addresses, which differ in their middle bits, over the high bits.
        private static final int FIBONACCI = 0x9e3779b9;

        private final int mask;
        private final int shift;
        private final Peer[] slots;
        private final int[] addresses;

        PeersOfLength(int length, List<Peer> all) {
            List<Peer> members = all.stream()
                    .filter(peer -> peer.subnet().length() == length)
                    .toList();
            int capacity = Math.max(2, Integer.highestOneBit(members.size()) * 4);
            this.mask = Ipv4Prefix.mask(length);
            this.shift = 32 - Integer.numberOfTrailingZeros(capacity);
            this.slots = new Peer[capacity];
            this.addresses = new int[capacity];
            members.forEach(this::put);
        }

        private void put(Peer peer) {
            int address = peer.subnet().first();
            int slot = slotOf(address);
            while (slots[slot] != null) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = peer;
            addresses[slot] = address;
        }

        Peer get(int address) {
            int block = address & mask;
            int slot = slotOf(block);
            while (slots[slot] != null && addresses[slot] != block) {
                slot = slot + 1 & slots.length - 1;
            }
            return slots[slot];
        }

        private int slotOf(int address) {
            return address * FIBONACCI >>> shift;
        }
    }
}
