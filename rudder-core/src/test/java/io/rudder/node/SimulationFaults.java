package io.rudder.node;

import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4Prefix;
import io.rudder.testing.MemoryWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What happens to the hosts and the store of a simulation. */
final class SimulationFaults {
    private static final Duration LONGEST_ABSENCE = Duration.ofMinutes(4);
    private static final int MAX_FOREIGN = 4;
    private static final int CLONES = 10_000;
    private static final String[] FOREIGN_VALUES = {"{\"PublicIP\":\"203.0.113.9\"}", "{\"PublicIP\":\"127.0.0.1\"}", ""
    };

    private final Simulation simulation;
    private RegistrySnapshot backup;
    private boolean needsRelist;

    SimulationFaults(Simulation simulation) {
        this.simulation = simulation;
    }

    /** Whether something happened that only the hourly list is sure to find. */
    boolean needsRelist() {
        return needsRelist;
    }

    /** One thing, and a while after it. */
    void act() {
        switch (simulation.plan.kind()) {
            case CONNECTIONS -> {
                spoilAConnection(true);
                pass(Duration.ofSeconds(60));
            }
            case DELETIONS -> deleteSomething();
            case CLONES -> {
                actAroundClones();
                pass(Duration.ofMinutes(1));
            }
            case BACKUPS -> {
                actAroundBackups();
                pass(Duration.ofMinutes(3));
            }
            default -> {
                actWildly();
                pass(Duration.ofMinutes(3));
            }
        }
    }

    /** All faults are over, but for a last strike, after which nothing heals by chance what it broke. */
    void end() {
        for (SimulatedHost host : simulation.hosts) {
            host.registry.down(false);
            host.registry.createdLag(0);
            host.goOn();
        }
        if (simulation.store.snapshot().config().isEmpty()) {
            putConfig();
        }
        if (simulation.plan.kind() != SimulationPlan.Kind.DELETIONS) {
            simulation.loop.run(Duration.ofSeconds(20));
            simulation.hosts.forEach(this::strike);
        }
    }

    private void strike(SimulatedHost host) {
        if (random().nextBoolean()) {
            host.registry.watches().forEach(MemoryWatch::stall);
        } else {
            repeat(host);
        }
    }

    /** A host that stays an owner may be slow to hear and slow to answer, and the store may be slow for all. */
    private void actAroundClones() {
        switch (random().nextInt(6)) {
            case 0, 1 -> startAClone(true);
            case 2 -> owner().registry.watches().forEach(MemoryWatch::stall);
            case 3 -> slowDown(List.of(owner()));
            case 4 -> slowDown(List.copyOf(simulation.hosts));
            default -> owner().registry.cutWatches();
        }
    }

    private void slowDown(List<SimulatedHost> hosts) {
        hosts.forEach(host -> host.registry.latency(simulation::slowLatency));
        simulation.loop.schedule(
                Duration.ofSeconds(random().nextInt(10, 120)),
                () -> hosts.forEach(host -> host.registry.latency(simulation::latency)));
    }

    private SimulatedHost owner() {
        return simulation.hosts.get(random().nextInt(simulation.plan.hosts()));
    }

    private void actAroundBackups() {
        switch (random().nextInt(8)) {
            case 0 -> backup = simulation.store.snapshot();
            case 1, 2 -> restoreABackup();
            case 3 -> delete(anyLease());
            case 4, 5 -> overwrite(anyLease());
            case 6 -> restart();
            default -> spoilAConnection(true);
        }
    }

    private void restoreABackup() {
        if (backup != null) {
            needsRelist = true;
            simulation.store.restore(backup);
        }
    }

    private void actWildly() {
        switch (random().nextInt(16)) {
            case 0, 1 -> restart();
            case 2 -> simulation.anyHost().kill();
            case 3 -> startAClone(random().nextBoolean());
            case 4 -> loseEvents();
            case 5 -> delete(anyLease());
            case 6 -> simulation.store.revoke(anyLease().etcdLeaseId());
            case 7 -> putForeignLease();
            case 8 -> overwrite(anyLease());
            case 9 -> changeTheWholeStore();
            case 10 -> spoilTheConfig();
            default -> spoilAConnection(false);
        }
    }

    private void spoilAConnection(boolean briefly) {
        SimulatedHost host = simulation.anyHost();
        switch (random().nextInt(8)) {
            case 0 -> {
                host.registry.down(true);
                simulation.loop.schedule(absence(briefly), () -> host.registry.down(false));
            }
            case 1 -> {
                host.pause();
                simulation.loop.schedule(absence(briefly), host::goOn);
            }
            case 2 -> host.registry.cutWatches();
            case 3 -> host.registry.watches().forEach(MemoryWatch::stall);
            case 4 -> repeat(host);
            case 5 -> simulation.store.compact();
            case 6 -> host.registry.createdLag(random().nextInt(5));
            default -> simulation.loop.jumpWallClock(Duration.ofSeconds(random().nextInt(-3000, 3000)));
        }
    }

    private Duration absence(boolean briefly) {
        Duration longest = briefly ? LONGEST_ABSENCE : Simulation.TIME_TO_LIVE.multipliedBy(2);
        return Duration.ofMillis(random().nextLong(longest.toMillis()));
    }

    private void deleteSomething() {
        switch (random().nextInt(7)) {
            case 0, 1 -> delete(anyLease());
            case 2, 3 -> simulation.store.revoke(anyLease().etcdLeaseId());
            case 4 -> simulation.store.deleteAllSubnets();
            case 5 -> spoilTheConfig();
            default -> changeTheWholeStore();
        }
        // Whoever was deleted is heard of again, and only then the next may follow.
        simulation.loop.run(Duration.ofSeconds(needsRelist ? 200 : 5));
    }

    private void changeTheWholeStore() {
        if (backup == null || random().nextInt(3) == 0) {
            backup = simulation.store.snapshot();
            return;
        }
        needsRelist = true;
        if (random().nextBoolean()) {
            simulation.store.restore(backup);
        } else {
            simulation.store.replaceByAnEmptyCluster();
            backup = null;
            simulation.loop.schedule(Duration.ofSeconds(random().nextInt(300)), this::putConfig);
        }
    }

    private void spoilTheConfig() {
        switch (random().nextInt(3)) {
            case 0 -> simulation.store.delete(RegistryEntry.CONFIG);
            case 1 -> simulation.store.putConfig("{");
            default -> putConfig();
        }
    }

    private void putConfig() {
        simulation.store.putConfig(simulation.plan.config().toJson());
    }

    private void restart() {
        int number = random().nextInt(simulation.plan.hosts());
        SimulatedHost before = simulation.hosts.get(number);
        before.kill();
        boolean moves = random().nextInt(4) == 0;
        int address = moves ? Simulation.address(1000 + random().nextInt(20_000)) : before.identity.publicIp();
        simulation.hosts.set(number, simulation.start(number, address));
    }

    /** Another host with the same node id, or another node at the same address. */
    private void startAClone(boolean sameNode) {
        int number = random().nextInt(simulation.plan.hosts());
        int clone = CLONES + simulation.hosts.size();
        int address = simulation.hosts.get(number).identity.publicIp();
        simulation.hosts.add(
                sameNode ? simulation.start(number, Simulation.address(clone)) : simulation.start(clone, address));
    }

    private void loseEvents() {
        needsRelist = true;
        simulation.anyHost().registry.watches().forEach(MemoryWatch::loseEvents);
    }

    private void repeat(SimulatedHost host) {
        int count = random().nextInt(1, 100);
        host.registry.watches().forEach(watch -> watch.repeat(0, count));
    }

    private List<RegistryEntry> leases() {
        List<RegistryEntry> leases = new ArrayList<>(simulation.store.snapshot().entries());
        leases.removeIf(entry -> entry.subnetElement().isEmpty());
        return leases;
    }

    /** Some lease; one that does not exist if there is none. */
    private RegistryEntry anyLease() {
        List<RegistryEntry> leases = leases();
        return leases.isEmpty() ? new RegistryEntry("", "", 0, 0, 0) : leases.get(random().nextInt(leases.size()));
    }

    private void delete(RegistryEntry entry) {
        simulation.store.delete(entry.path());
    }

    private void overwrite(RegistryEntry victim) {
        if (!victim.path().isEmpty() && foreignCount() < MAX_FOREIGN) {
            simulation.store.put(victim.path(), FOREIGN_VALUES[0]);
        }
    }

    private void putForeignLease() {
        Ipv4Prefix subnet = simulation.anySubnet();
        if (simulation.store.get(subnet).isEmpty() && foreignCount() < MAX_FOREIGN) {
            String value = FOREIGN_VALUES[random().nextInt(FOREIGN_VALUES.length)];
            if (random().nextBoolean()) {
                simulation.store.putLease(subnet.toString(), value);
            } else {
                simulation.store.putLease(subnet.toString(), value, Simulation.TIME_TO_LIVE);
            }
        }
    }

    private long foreignCount() {
        return leases().stream()
                .filter(entry -> !entry.value().contains("NodeID"))
                .count();
    }

    /** Between almost nothing and a limit, small times as likely as large ones. */
    private void pass(Duration limit) {
        double millis = Math.exp(random().nextDouble(0, Math.log(limit.toMillis())));
        simulation.loop.run(Duration.ofMillis((long) millis));
    }

    private SplittableRandom random() {
        return simulation.random;
    }
}
