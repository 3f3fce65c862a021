package io.rudder.node;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.net.Ipv4Prefix;
import java.util.SplittableRandom;

/**
 * What a seed says of a run before it begins.
 *
 * @param seed of everything that is drawn at random
 * @param kind which faults there are
 * @param hosts how many hosts
 * @param actions how many faults or other events
 * @param config the network, with a few subnets more than hosts, or many
 */
record SimulationPlan(long seed, Kind kind, int hosts, int actions, NetworkConfig config) {
    enum Kind {
        /** Everything that can happen; nothing but the end matters. */
        WILD,
        /** The way to the store fails and comes back: no packet is to be lost meanwhile. */
        CONNECTIONS,
        /** Keys vanish, one, all, or those that a backup lacks: no packet is to be lost meanwhile. */
        DELETIONS,
        /** Hosts come with a node id that has an owner, while its watch or the store is slow: the owner is to stay. */
        CLONES,
        /** The store goes back to older states again and again, while leases are lost to others and calls fail. */
        BACKUPS
    }

    // Of so many seeds the last two are of the last two kinds.
    private static final int SEEDS_PER_ROUND = 8;

    private static final int SMALLEST = 3;
    private static final int SPARE_SUBNETS = 6;

    static SimulationPlan of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int hosts = hosts(random);
        int subnets = hosts + (random.nextBoolean() ? SPARE_SUBNETS : 2 * hosts + SPARE_SUBNETS);
        int kind = Math.max(0, random.nextInt(5) - 2);
        int turn = Math.floorMod(seed, SEEDS_PER_ROUND);
        int actions = hosts > 50 ? 30 : 15 + random.nextInt(25);
        return new SimulationPlan(seed, kind(turn, kind), hosts, actions, network(subnets));
    }

    private static Kind kind(int turn, int otherwise) {
        return switch (turn) {
            case SEEDS_PER_ROUND - 1 -> Kind.CLONES;
            case SEEDS_PER_ROUND - 2 -> Kind.BACKUPS;
            default -> Kind.values()[otherwise];
        };
    }

    /** Mostly few, for many runs; sometimes many. */
    private static int hosts(SplittableRandom random) {
        int dice = random.nextInt(2000);
        if (dice == 0) {
            return 200 + random.nextInt(301);
        }
        if (dice < 200) {
            return dice < 20 ? 20 + random.nextInt(80) : 10 + random.nextInt(21);
        }
        return SMALLEST + random.nextInt(8);
    }

    private static NetworkConfig network(int subnets) {
        Ipv4Prefix first = Ipv4Prefix.parse("10.0.0.0/24");
        return new NetworkConfig(
                Ipv4Prefix.parse("10.0.0.0/12"),
                24,
                first,
                new Ipv4Prefix(first.first() + (subnets - 1 << 8), 24),
                Backend.DEFAULT);
    }
}
