package io.rudder.lease;

import io.rudder.config.NetworkConfig;
import io.rudder.net.Ipv4Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses a free subnet, each with the same chance: hosts that start at the same moment then rarely meet. Works on
 * ranges of taken subnet numbers, so its cost depends on the leases and not on the size of the network.
 */
public final class SubnetAllocator {
    private final NetworkConfig config;
    private final RandomGenerator random;

    public SubnetAllocator(NetworkConfig config, RandomGenerator random) {
        this.config = config;
        this.random = random;
    }

    /**
     * Chooses a subnet that overlaps none of the taken ones, whatever their lengths.
     *
     * @param lastResort free subnets that are given out only when there are no others
     */
    public Choice choose(Collection<Ipv4Prefix> taken, Collection<Ipv4Prefix> lastResort) {
        List<Ipv4Prefix> avoided = new ArrayList<>(taken);
        avoided.addAll(lastResort);
        List<Range> avoidedRanges = ranges(avoided);
        if (freeCount(avoidedRanges) > 0) {
            return pick(avoidedRanges);
        }
        List<Range> takenRanges = ranges(taken);
        int free = freeCount(takenRanges);
        return free > 0 ? pick(takenRanges) : new Choice.Full(config.subnetCount(), config.subnetCount());
    }

    private Choice pick(List<Range> occupied) {
        int number = random.nextInt(freeCount(occupied));
        for (Range range : occupied) {
            if (number < range.first) {
                break;
            }
            number += range.last - range.first + 1;
        }
        return new Choice.Free(config.subnet(number));
    }

    private int freeCount(List<Range> occupied) {
        return config.subnetCount()
                - occupied.stream()
                        .mapToInt(range -> range.last - range.first + 1)
                        .sum();
    }

    /** The numbers of the subnets that the blocks touch, as ascending ranges that share none. */
    private List<Range> ranges(Collection<Ipv4Prefix> blocks) {
        List<Range> merged = new ArrayList<>();
        blocks.stream().sorted().forEach(block -> {
            int from = merged.isEmpty() ? 0 : merged.get(merged.size() - 1).last + 1;
            Range range =
                    new Range(Math.max(number(block.first()), from), Math.min(number(block.last()), lastNumber()));
            if (range.first <= range.last) {
                merged.add(range);
            }
        });
        return merged;
    }

    private int lastNumber() {
        return config.subnetCount() - 1;
    }

    /** The number of the subnet that holds an address; -1 before the first, one beyond the last after it. */
    private int number(int address) {
        if (Integer.compareUnsigned(address, config.subnetMin().first()) < 0) {
            return -1;
        }
        int number = address - config.subnetMin().first() >>> 32 - config.subnetLength();
        return Math.min(number, config.subnetCount());
    }

    private record Range(int first, int last) {}

    /** What there is to be had. */
    public sealed interface Choice {
        /** This subnet is free. */
        record Free(Ipv4Prefix subnet) implements Choice {}

        /** None is free: so many of so many are taken. */
        record Full(int taken, int of) implements Choice {}
    }
}
