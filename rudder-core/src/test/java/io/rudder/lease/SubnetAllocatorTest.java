package io.rudder.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.lease.SubnetAllocator.Choice;
import io.rudder.net.Ipv4Prefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubnetAllocatorTest {
    private static final NetworkConfig POOL_OF_255 = config("10.0.0.0/16", 24, "10.0.1.0/24", "10.0.255.0/24");

    private static NetworkConfig config(String network, int length, String min, String max) {
        return new NetworkConfig(
                Ipv4Prefix.parse(network), length, Ipv4Prefix.parse(min), Ipv4Prefix.parse(max), Backend.DEFAULT);
    }

    private static SubnetAllocator allocator(NetworkConfig config, long seed) {
        return new SubnetAllocator(config, new SplittableRandom(seed));
    }

    private static List<Ipv4Prefix> prefixes(String... texts) {
        return List.of(texts).stream().map(Ipv4Prefix::parse).toList();
    }

    @Test
    void handsOutEachSubnetOfThePoolOnceAndThenSaysHowManyAreTaken() {
        SubnetAllocator allocator = allocator(POOL_OF_255, 1);
        Set<Ipv4Prefix> taken = new HashSet<>();
        for (int i = 0; i < 255; i++) {
            Ipv4Prefix subnet = ((Choice.Free) allocator.choose(taken, List.of())).subnet();
            assertThat(POOL_OF_255.allows(subnet)).isTrue();
            assertThat(taken.add(subnet)).as("%s is new", subnet).isTrue();
        }
        assertThat(allocator.choose(taken, List.of())).isEqualTo(new Choice.Full(255, 255));
    }

    @Test
    void drawsFromTheWholePool() {
        Set<Choice> seen = new HashSet<>();
        IntStream.range(0, 4000)
                .forEach(seed -> seen.add(allocator(POOL_OF_255, seed).choose(Set.of(), Set.of())));
        assertThat(seen).hasSize(255);
    }

    @Test
    void anOverlappingEntryOfAnyLengthBlocks() {
        NetworkConfig pool = config("10.0.0.0/22", 24, "10.0.0.0/24", "10.0.3.0/24");
        assertThat(allocator(pool, 1).choose(prefixes("10.0.0.0/23", "10.0.2.128/25"), List.of()))
                .isEqualTo(new Choice.Free(Ipv4Prefix.parse("10.0.3.0/24")));
        assertThat(allocator(pool, 1).choose(prefixes("0.0.0.0/0"), List.of())).isInstanceOf(Choice.Full.class);
        assertThat(allocator(pool, 1).choose(prefixes("9.0.0.0/8", "11.0.0.0/8", "10.0.4.0/24"), List.of()))
                .isInstanceOf(Choice.Free.class);
    }

    @Test
    void subnetsFreedLatelyComeLast() {
        NetworkConfig pool = config("10.0.0.0/22", 24, "10.0.0.0/24", "10.0.3.0/24");
        List<Ipv4Prefix> freed = prefixes("10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24");
        for (int seed = 0; seed < 20; seed++) {
            assertThat(allocator(pool, seed).choose(List.of(), freed))
                    .isEqualTo(new Choice.Free(Ipv4Prefix.parse("10.0.0.0/24")));
        }
        assertThat(allocator(pool, 1).choose(prefixes("10.0.0.0/24"), freed)).isInstanceOf(Choice.Free.class);
    }

    @Test
    void copesWithTheWholeAddressSpace() {
        NetworkConfig all = config("0.0.0.0/0", 30, "0.0.0.0/30", "255.255.255.252/30");
        assertThat(allocator(all, 1).choose(prefixes("0.0.0.0/1", "128.0.0.0/2"), List.of()))
                .isInstanceOfSatisfying(
                        Choice.Free.class,
                        free -> assertThat(free.subnet().first() >>> 30).isEqualTo(3));
    }

    @Test
    void agreesWithAnObviousSearch() {
        long seed = 1;
        SplittableRandom random = new SplittableRandom(seed);
        NetworkConfig pool = config("10.0.0.0/20", 24, "10.0.2.0/24", "10.0.13.0/24");
        for (int round = 0; round < 2000; round++) {
            List<Ipv4Prefix> taken = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                taken.add(Ipv4Prefix.containing(0x0a000000 + random.nextInt(1 << 12), random.nextInt(21, 29)));
            }
            List<Ipv4Prefix> free = IntStream.range(0, pool.subnetCount())
                    .mapToObj(pool::subnet)
                    .filter(subnet -> taken.stream().noneMatch(subnet::overlaps))
                    .toList();
            Choice choice = new SubnetAllocator(pool, random).choose(taken, List.of());
            if (choice instanceof Choice.Free found) {
                assertThat(free).as("seed %d", seed).contains(found.subnet());
            } else {
                assertThat(free).as("seed %d", seed).isEmpty();
            }
        }
    }
}
