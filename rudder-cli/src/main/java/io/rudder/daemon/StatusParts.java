package io.rudder.daemon;

import io.rudder.config.NetworkConfig;
import io.rudder.lease.Lease;
import io.rudder.node.ConfigStatus;
import io.rudder.node.ControlStatus;
import io.rudder.status.EtcdStatus;
import io.rudder.status.LeaseStatus;
import io.rudder.status.NetworkStatus;
import io.rudder.status.WatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the control plane tells at one moment, in the words of the status. */
final class StatusParts {
    private final NodeFacts facts;
    private final Instant now;

    StatusParts(NodeFacts facts, Instant now) {
        this.facts = facts;
        this.now = now;
    }

    Optional<NetworkStatus> network(ConfigStatus status) {
        return status.running().map(config -> network(config, status.pending()));
    }

    private NetworkStatus network(NetworkConfig config, boolean changePending) {
        return new NetworkStatus(
                config.network().toString(),
                config.subnetLength(),
                config.subnetMin().toString(),
                config.subnetMax().toString(),
                config.backend().type().id(),
                facts.port().orElse(config.backend().port()),
                changePending);
    }

    LeaseStatus lease(io.rudder.lease.LeaseStatus own) {
        Optional<Lease> lease = own.lease();
        return new LeaseStatus(
                id(own.state()),
                secondsBetween(own.since(), now),
                lease.map(held -> held.subnet().toString()),
                lease.filter(held -> !held.isReservation()).map(held -> Long.toHexString(held.etcdLeaseId())),
                lease.filter(Lease::isReservation).isPresent(),
                secondsSince(own.confirmedAt()),
                seconds(own.expiresAt().map(at -> secondsBetween(now, at))),
                own.problem());
    }

    EtcdStatus etcd(io.rudder.peer.WatchStatus registry) {
        return new EtcdStatus(
                facts.endpoints(),
                facts.prefix(),
                registry.state() == io.rudder.peer.WatchStatus.State.WATCHING,
                registry.revision(),
                Optional.of(registry.clusterId()).filter(id -> id != 0).map(Long::toHexString),
                registry.lastError());
    }

    WatchStatus watch(ControlStatus control) {
        io.rudder.peer.WatchStatus registry = control.registry();
        return new WatchStatus(
                id(registry.state()),
                secondsSince(registry.watchingSince()),
                secondsSince(registry.listedAt()),
                registry.restarts(),
                control.removals().lingering(),
                control.removals().held(),
                control.stale());
    }

    private static String id(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private OptionalDouble secondsSince(Optional<Instant> moment) {
        return seconds(moment.map(at -> secondsBetween(at, now)));
    }

    private static OptionalDouble seconds(Optional<Double> seconds) {
        return seconds.isPresent() ? OptionalDouble.of(seconds.get()) : OptionalDouble.empty();
    }

    private static double secondsBetween(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1e3;
    }
}
