package io.rudder.node;

import io.rudder.lease.LeasePolicy;
import io.rudder.lease.NodeIdentity;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.testing.MemoryRegistry.Fate;
import io.rudder.testing.MemoryRegistry.Verb;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.TestNode;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Hosts, one store, one clock, and faults drawn from a seed: the same seed gives the same run. In the end the faults
 * stop, and when all has become quiet the hosts must agree with the store.
 */
final class Simulation implements SimulatedHost.Listener {
    static final Duration TIME_TO_LIVE = Duration.ofMinutes(10);
    private static final Duration RENEW_INTERVAL = Duration.ofMinutes(2);
    // Silence of a watch, its restart, held removals and their second list, and the wait of a host that was refused.
    private static final Duration CALM = Duration.ofMinutes(5);
    // The end of whatever etcd lease was left behind.
    private static final Duration QUIET = TIME_TO_LIVE.plusMinutes(1);
    // Some losses of events are found by nothing but the hourly list.
    private static final Duration UNTIL_RELISTED = Duration.ofMinutes(62);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration LIMIT_OF_START = Duration.ofMinutes(5);

    final SplittableRandom random;
    final SimulationPlan plan;
    final VirtualLoop loop = new VirtualLoop();
    final MemoryStore store = new MemoryStore(loop);
    final List<SimulatedHost> hosts = new ArrayList<>();
    private final SimulationFaults faults = new SimulationFaults(this);
    private final SimulationChecks checks = new SimulationChecks(this);
    private String turn = "";
    private boolean settled;
    private boolean faulty;

    Simulation(SimulationPlan plan) {
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed() + 1);
        store.putConfig(plan.config().toJson());
    }

    void run() {
        for (int number = 0; number < plan.hosts(); number++) {
            hosts.add(start(number, address(number)));
        }
        loop.runUntil(() -> hosts.stream().allMatch(SimulatedHost::carries), LIMIT_OF_START);
        loop.run(Duration.ofSeconds(5));
        settled = true;
        faulty = plan.kind() != SimulationPlan.Kind.DELETIONS && plan.kind() != SimulationPlan.Kind.CLONES;
        List<Ipv4Prefix> owned = hosts.stream().map(SimulatedHost::subnet).toList();
        for (int i = 0; i < plan.actions(); i++) {
            faults.act();
        }
        faulty = false;
        faults.end();
        settled = false;
        loop.run(CALM);
        if (!faults.needsRelist()) {
            awaitAgreement();
        }
        loop.run(faults.needsRelist() ? UNTIL_RELISTED.plus(QUIET) : QUIET);
        awaitAgreement();
        if (plan.kind() == SimulationPlan.Kind.CLONES) {
            checks.ownersStayed(owned);
        }
        checks.nothingLeftBehind();
        checks.nobodyOverwroteOthers();
    }

    /** The last lease of a dead host may run out just now. */
    private void awaitAgreement() {
        for (Duration waited = Duration.ZERO; ; waited = waited.plus(STEP)) {
            try {
                checks.agreement();
                return;
            } catch (AssertionError disagreement) {
                if (waited.compareTo(CALM) > 0) {
                    throw disagreement;
                }
            }
            loop.run(STEP);
        }
    }

    /** Starts a host's process, at some place in the network that it believes to have had. */
    SimulatedHost start(int number, int address) {
        Optional<Ipv4Prefix> previous = random.nextBoolean() ? Optional.of(anySubnet()) : Optional.empty();
        NodeSettings settings = new NodeSettings(
                new NodeIdentity(TestNode.id(number), address),
                OptionalInt.empty(),
                previous,
                new LeasePolicy(TIME_TO_LIVE, RENEW_INTERVAL, false, LeasePolicy.OnLost.FENCE),
                "/coreos.com/network");
        SimulatedHost host = new SimulatedHost(loop, store, settings, random.nextLong(), this);
        host.registry.fates(this::fate);
        host.registry.latency(this::latency);
        return host;
    }

    /** Whether no packet is to be lost while faults go on. */
    private boolean isLossless() {
        return plan.kind() == SimulationPlan.Kind.CONNECTIONS || plan.kind() == SimulationPlan.Kind.DELETIONS;
    }

    /** What a message takes, mostly. */
    Duration latency() {
        return Duration.ofNanos(random.nextLong(50_000_000));
    }

    /** What a message takes on a slow way. */
    Duration slowLatency() {
        return Duration.ofMillis(random.nextInt(500, 3000));
    }

    static int address(int number) {
        return Ipv4.parse("198.51.0.1") + number;
    }

    Ipv4Prefix anySubnet() {
        return plan.config().subnet(random.nextInt(plan.config().subnetCount()));
    }

    SimulatedHost anyHost() {
        return hosts.get(random.nextInt(hosts.size()));
    }

    private Fate fate(Verb verb) {
        boolean spoiled = faulty && random.nextInt(10) == 0;
        return spoiled ? Fate.values()[random.nextInt(Fate.values().length)] : Fate.ANSWERED;
    }

    /** The simulated time and whose turn it is, for a log. */
    String moment() {
        return Duration.ofNanos(loop.nanoTime()) + " " + turn + ": ";
    }

    @Override
    public void onTurn(SimulatedHost host) {
        turn = host.name();
    }

    @Override
    public void onTable(SimulatedHost host) {
        if (settled && isLossless()) {
            checks.reachesEverybody(host);
        }
    }
}
