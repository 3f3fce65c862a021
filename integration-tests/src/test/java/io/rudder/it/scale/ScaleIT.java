package io.rudder.it.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.config.NetworkConfig;
import io.rudder.config.NetworkConfigReader;
import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.it.EtcdServer;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry.CreateResult.Created;
import io.rudder.lease.NodeIdentity;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.PeerCache;
import io.rudder.peer.RouteTable;
import io.rudder.status.Counters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The figures of the control plane. They fail only where a result is wrong; how fast is for the reader to judge. */
@Tag("scale")
class ScaleIT {
    private static final int LEASES = 10_000;
    private static final int CHANGES_PER_SECOND = 1000;
    private static final int SECONDS = Integer.getInteger("scale.seconds", 60);
    private static final int FIRST_ADDRESS = Ipv4.parse("172.16.0.0");
    private static final Ipv4Prefix OWN = Ipv4Prefix.parse("10.127.0.0/24");
    private static final Figures FIGURES = new Figures();

    private EtcdServer etcd;
    private EtcdOptions options;

    @BeforeEach
    void startEtcd() {
        etcd = EtcdServer.start("--quota-backend-bytes=4294967296");
        options = EtcdOptions.of(etcd.endpoint(), EtcdOptions.DEFAULT_PREFIX);
    }

    @AfterEach
    void stopEtcd() {
        etcd.close();
    }

    @AfterAll
    static void writeTable() {
        FIGURES.write();
    }

    @Test
    void lagOfOneChange() throws Exception {
        int changes = 1000;
        config("10.0.0.0/16");
        try (EtcdLeaseRegistry writer = new EtcdLeaseRegistry(options);
                Follower follower = new Follower(options, changes)) {
            List<Written> leases = fill(writer, 1);
            follower.awaitRoutes();
            for (int i = 0; i < changes; i++) {
                leases.get(0).update(writer, FIRST_ADDRESS + 1 + i, follower).join();
                follower.awaitSeen(i + 1);
            }
            FIGURES.add(
                    "write returned -> new route in the data path's table",
                    Figures.millis(follower.lags()),
                    "p99 < 50 ms");
        }
    }

    @Test
    void nodesAtOnce() throws Exception {
        allocate(200, "10.0.0.0/16", "200 nodes at once, 256 subnets", "< 1 s, all distinct");
        etcd.etcdctl("del", "--prefix", "");
        allocate(1000, "10.0.0.0/13", "1000 nodes at once, 2048 subnets", "< 5 s, p99 <= 3 tries");
    }

    private void allocate(int nodes, String network, String what, String aim) throws Exception {
        try (Allocators allocators = new Allocators(options)) {
            Duration took = allocators.run(nodes, config(network));
            int[] tries = allocators.tries();
            assertThat(allocators.distinct()).isEqualTo(nodes);
            FIGURES.add(
                    what,
                    "%.2f s, all distinct, tries p50 %d, p99 %d, max %d"
                            .formatted(
                                    took.toMillis() / 1e3,
                                    tries[nodes / 2],
                                    tries[(int) (nodes * 0.99)],
                                    tries[nodes - 1]),
                    aim);
        }
    }

    @Test
    void startAndResync() throws Exception {
        NetworkConfig config = config("10.0.0.0/9");
        try (EtcdLeaseRegistry registry = new EtcdLeaseRegistry(options)) {
            List<Written> leases = fill(registry, LEASES);
            long[] first = new long[30];
            for (int i = 0; i < first.length; i++) {
                first[i] = timeOf(() -> resync(registry, newCache(config)));
            }
            FIGURES.add("first list of 10,000 leases, parsed, as a table", Figures.millis(first), "");
            PeerCache cache = newCache(config);
            resync(registry, cache);
            long[] again = new long[60];
            for (int i = 0; i < again.length; i++) {
                for (int k = 0; k < LEASES / 100; k++) {
                    leases.get((i * 100 + k) % LEASES)
                            .update(registry, FIRST_ADDRESS + LEASES + i, null)
                            .join();
                }
                again[i] = timeOf(() -> resync(registry, cache));
            }
            FIGURES.add("resync of 10,000 leases, 100 of them changed", Figures.millis(again), "< 300 ms");
        }
    }

    @Test
    void manyChanges() throws Exception {
        config("10.0.0.0/9");
        int changes = CHANGES_PER_SECOND * SECONDS;
        try (EtcdLeaseRegistry writer = new EtcdLeaseRegistry(options)) {
            List<Written> leases = fill(writer, LEASES);
            try (Follower follower = new Follower(options, changes)) {
                follower.awaitRoutes();
                long heapBefore = usedHeap();
                long start = System.nanoTime();
                List<CompletableFuture<?>> writes = new ArrayList<>();
                for (int i = 0; i < changes; i++) {
                    LockSupport.parkNanos(start + i * (1_000_000_000L / CHANGES_PER_SECOND) - System.nanoTime());
                    writes.add(leases.get(i % LEASES).update(writer, FIRST_ADDRESS + LEASES + i, follower));
                }
                writes.forEach(CompletableFuture::join);
                double took = (System.nanoTime() - start) / 1e9;
                follower.awaitSeen(changes);
                writes.clear();
                FIGURES.add(
                        "10,000 leases, %.0f changes/s for %.0f s: write returned -> route"
                                .formatted(changes / took, took),
                        Figures.millis(follower.lags()),
                        "p99 < 1 s");
                FIGURES.add(
                        "heap after that and a collection",
                        "%+d KiB".formatted((usedHeap() - heapBefore) / 1024),
                        "< 64 MiB more");
            }
        }
    }

    private static Object resync(EtcdLeaseRegistry registry, PeerCache cache) {
        RegistrySnapshot snapshot = registry.list().join();
        cache.replaceAll(snapshot.entries());
        return RouteTable.of(OWN, cache.peers().values());
    }

    private static PeerCache newCache(NetworkConfig config) {
        PeerCache cache =
                new PeerCache(config, 8285, new NodeIdentity("self", Ipv4.parse("192.0.2.1")), new Counters());
        cache.own(Optional.of(OWN));
        return cache;
    }

    private static long timeOf(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private NetworkConfig config(String network) throws Exception {
        String json = "{\"Network\":\"" + network + "\"}";
        etcd.etcdctl("put", EtcdOptions.DEFAULT_PREFIX + "/config", json);
        return NetworkConfigReader.read(json, warning -> {});
    }

    private static List<Written> fill(EtcdLeaseRegistry registry, int count) {
        List<Written> leases = new ArrayList<>();
        List<CompletableFuture<?>> calls = new ArrayList<>();
        long grant = registry.grant(Duration.ofDays(1)).join();
        for (int i = 0; i < count; i++) {
            Written lease = new Written(new Ipv4Prefix(Ipv4.parse("10.0.0.0") + (i << 8), 24), grant);
            leases.add(lease);
            calls.add(lease.create(registry, FIRST_ADDRESS + i));
            if (calls.size() % 500 == 0) {
                calls.forEach(CompletableFuture::join);
            }
        }
        calls.forEach(CompletableFuture::join);
        return leases;
    }

    /** A lease of a node that exists in etcd only. */
    private static final class Written {
        private final Ipv4Prefix subnet;
        private final long grant;
        private CompletableFuture<Long> revision;

        Written(Ipv4Prefix subnet, long grant) {
            this.subnet = subnet;
            this.grant = grant;
        }

        CompletableFuture<?> create(EtcdLeaseRegistry registry, int publicIp) {
            revision = registry.create(subnet, attributes(publicIp), grant)
                    .thenApply(created -> ((Created) created).revision());
            return revision;
        }

        /** Writes another address, once what was written before is there. */
        CompletableFuture<?> update(EtcdLeaseRegistry registry, int publicIp, Follower follower) {
            CompletableFuture<Boolean> done = revision.thenCompose(last -> registry.get(subnet))
                    .thenCompose(entry -> registry.update(
                            subnet, attributes(publicIp), entry.orElseThrow().modRevision(), grant));
            revision = done.thenApply(written -> {
                assertThat(written).isTrue();
                if (follower != null) {
                    follower.written(subnet, publicIp);
                }
                return 0L;
            });
            return revision;
        }

        private LeaseAttributes attributes(int publicIp) {
            return LeaseAttributes.own(publicIp, "node of " + subnet);
        }
    }
}
