package io.rudder.peer;

import io.rudder.benchmark.ShortBenchmark;
import io.rudder.net.Ipv4Prefix;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Which peer answers for an address: one look-up in an overlay of /24 subnets, the destinations in random order. */
public class RouteTableBenchmark extends ShortBenchmark {
    private static final int DESTINATIONS = 1 << 12;
    private static final int FIRST_SUBNET = 10 << 24;

    @Param({"1", "100", "10000"})
    private int peers;

    private final int[] destinations = new int[DESTINATIONS];
    private RouteTable routes;
    private int next;

    @Setup
    public void fill() {
        List<Peer> others = IntStream.rangeClosed(1, peers)
                .mapToObj(i -> Peer.of(new Ipv4Prefix(FIRST_SUBNET + (i << 8), 24), 0xcb007100 + i, 8285))
                .toList();
        routes = RouteTable.of(new Ipv4Prefix(FIRST_SUBNET, 24), others);
        Random random = new Random(1);
        for (int i = 0; i < DESTINATIONS; i++) {
            destinations[i] = FIRST_SUBNET + (1 + random.nextInt(peers) << 8) + random.nextInt(256);
        }
    }

    @Benchmark
    public Peer lookup() {
        next = next + 1 & DESTINATIONS - 1;
        return routes.lookup(destinations[next]);
    }
}
