package io.rudder.lease;

import io.rudder.config.NetworkConfig;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides how a host gets its lease, given what the registry holds. In this order: the lease with its node id; the one
 * with its address that names no node; the subnet that it had before; any free subnet.
 */
final class LeasePlanner {
    private final NetworkConfig config;
    private final LeaseTerms terms;
    private final NodeIdentity self;
    private final SubnetAllocator allocator;

    LeasePlanner(NetworkConfig config, LeaseTerms terms, SubnetAllocator allocator) {
        this.config = config;
        this.terms = terms;
        this.self = terms.identity();
        this.allocator = allocator;
    }

    LeasePlan plan(RegistrySnapshot snapshot, Optional<Ipv4Prefix> preferred, Set<Ipv4Prefix> recentlyFreed) {
        List<Lease> leases = snapshot.entries().stream()
                .flatMap(entry -> Lease.find(entry).stream())
                .filter(this::isUsable)
                .toList();
        Optional<Lease> byNode = oldest(leases, lease -> self.isNamedBy(lease.attributes()));
        if (byNode.filter(lease -> self.hasAddressOf(lease.attributes())).isPresent()) {
            return byNode.get().attributes().claimant().isEmpty()
                    ? new LeasePlan.Keep(byNode.get())
                    : new LeasePlan.Rewrite(byNode.get(), false);
        }
        Optional<Lease> rival = oldest(leases, lease -> self.isRivalledBy(lease.attributes()));
        if (rival.isPresent() && !terms.policy().takeOver()) {
            return new LeasePlan.Refuse(refusal(rival.get()));
        }
        if (byNode.isPresent()) {
            return new LeasePlan.Claim(byNode.get());
        }
        return oldest(leases, lease -> self.isAsWritten(lease.attributes()))
                .map(LeasePlanner::adopt)
                .or(() -> rival.map(lease -> new LeasePlan.Rewrite(lease, !lease.isReservation())))
                .orElseGet(() -> choose(snapshot, preferred, recentlyFreed));
    }

    /** For a host that carries a subnet already: if nobody has that one, it comes before all others. */
    LeasePlan planAgain(RegistrySnapshot snapshot, Ipv4Prefix carried, Set<Ipv4Prefix> recentlyFreed) {
        boolean isFree = config.allows(carried) && taken(snapshot).stream().noneMatch(carried::overlaps);
        return isFree ? new LeasePlan.Create(carried) : plan(snapshot, Optional.of(carried), recentlyFreed);
    }

    /** Whether a lease fits the network. A reservation may be anywhere in it: its place is an operator's choice. */
    private boolean isUsable(Lease lease) {
        return config.allows(lease.subnet())
                || lease.isReservation() && config.network().contains(lease.subnet());
    }

    private static Optional<Lease> oldest(List<Lease> leases, Predicate<Lease> condition) {
        return leases.stream().filter(condition).min(Comparator.comparingLong(Lease::createRevision));
    }

    private static LeasePlan adopt(Lease lease) {
        return lease.isReservation() ? new LeasePlan.Keep(lease) : new LeasePlan.Rewrite(lease, false);
    }

    private LeasePlan choose(RegistrySnapshot snapshot, Optional<Ipv4Prefix> preferred, Set<Ipv4Prefix> freed) {
        List<Ipv4Prefix> taken = taken(snapshot);
        Optional<Ipv4Prefix> wanted =
                preferred.filter(config::allows).filter(subnet -> taken.stream().noneMatch(subnet::overlaps));
        if (wanted.isPresent()) {
            return new LeasePlan.Create(wanted.get());
        }
        SubnetAllocator.Choice choice = allocator.choose(taken, freed);
        if (choice instanceof SubnetAllocator.Choice.Full full) {
            return new LeasePlan.Full(
                    full.taken() + " of " + full.of() + " subnets of " + config.network() + " are taken");
        }
        return new LeasePlan.Create(((SubnetAllocator.Choice.Free) choice).subnet());
    }

    private static List<Ipv4Prefix> taken(RegistrySnapshot snapshot) {
        return snapshot.entries().stream()
                .flatMap(entry -> entry.subnetElement().flatMap(LeaseKey::parse).stream())
                .toList();
    }

    private String refusal(Lease rival) {
        return "public address " + Ipv4.format(self.publicIp()) + " belongs to node "
                + rival.attributes().nodeId().orElseThrow() + ", which holds the lease of " + rival.subnet()
                + ": give this host another address with -public-ip, or take that lease with -take-over";
    }
}
