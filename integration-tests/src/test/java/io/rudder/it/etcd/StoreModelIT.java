package io.rudder.it.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.it.EtcdServer;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.LeaseRegistry.CreateResult;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.testing.MemoryRegistry;
import io.rudder.testing.MemoryStore;
import io.rudder.testing.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the in-memory etcd of the simulation against a real one: both get the same seeded script, each answer is
 * compared, and at the end each watch. Only the numbers of etcd leases differ: they are compared by order of granting.
 */
class StoreModelIT {
    private static final int STEPS = 150;
    private static final int SUBNETS = 6;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final VirtualLoop loop = new VirtualLoop();
    private final MemoryStore store = new MemoryStore(loop);
    private final MemoryRegistry model = new MemoryRegistry(store, loop);
    private final List<Long> modelGrants = new ArrayList<>();
    private final List<Long> etcdGrants = new ArrayList<>();
    private final List<WatchPair> watches = new ArrayList<>();
    private long compacted;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void answersAsEtcdDoes(long seed) {
        try (EtcdServer etcd = EtcdServer.start();
                EtcdLeaseRegistry registry = Registries.connect(etcd.endpoint())) {
            Random random = new Random(seed);
            for (int step = 0; step < STEPS; step++) {
                String what = "seed " + seed + ", step " + step + ": ";
                run(random, etcd, registry, what);
            }
            assertThat(ask(LeaseRegistry::list, registry)).isNotNull();
            watches.forEach(WatchPair::assertSame);
        }
    }

    private void run(Random random, EtcdServer etcd, EtcdLeaseRegistry registry, String what) {
        int operation = random.nextInt(100);
        Ipv4Prefix subnet = Registries.subnet(random.nextInt(SUBNETS));
        LeaseAttributes attributes = LeaseAttributes.own(Ipv4.parse("192.0.2." + (1 + random.nextInt(9))), "n");
        int grant = random.nextInt(modelGrants.size() + 1) - 1;
        if (operation < 10) {
            modelGrants.add(ofModel(model.grant(Duration.ofHours(1))));
            etcdGrants.add(Registries.get(registry.grant(Duration.ofHours(1))));
        } else if (operation < 40) {
            compare(what + "create", registry, (to, ids) -> to.create(subnet, attributes, id(ids, grant)));
        } else if (operation < 60) {
            // half of them with a revision that is out of date
            long revision = expected(subnet) - random.nextInt(2);
            if (revision > 0) {
                compare(
                        what + "update",
                        registry,
                        (to, ids) -> to.update(subnet, attributes, revision, id(ids, grant)));
            }
        } else if (operation < 68) {
            long revision = expected(subnet) - random.nextInt(2);
            if (revision > 0) {
                compare(what + "delete", registry, (to, ids) -> to.delete(subnet, revision));
            }
        } else if (operation < 74) {
            compare(what + "revoke", registry, (to, ids) -> to.revoke(id(ids, grant)));
        } else if (operation < 78) {
            compare(what + "renew", registry, (to, ids) -> to.renew(id(ids, grant)));
        } else if (operation < 82) {
            compare(what + "get", registry, (to, ids) -> to.get(subnet));
        } else if (operation < 86) {
            compare(what + "list", registry, (to, ids) -> to.list());
            compare(what + "head", registry, (to, ids) -> to.head());
        } else if (operation < 90) {
            String path = random.nextBoolean() ? RegistryEntry.CONFIG : RegistryEntry.subnetPath(subnet);
            store.put(path, "by hand " + what);
            etcd.etcdctl("put", EtcdOptions.DEFAULT_PREFIX + "/" + path, "by hand " + what);
        } else if (operation < 93) {
            String path = RegistryEntry.subnetPath(subnet);
            store.delete(path);
            etcd.etcdctl("del", EtcdOptions.DEFAULT_PREFIX + "/" + path);
        } else if (operation < 95) {
            compact(etcd);
        } else {
            long now = store.snapshot().revision();
            long from = Math.max(1, now + 1 - random.nextInt(8));
            watches.add(new WatchPair(what + "watch from " + from + ", compacted " + compacted, from, registry));
        }
    }

    private void compact(EtcdServer etcd) {
        long now = store.snapshot().revision();
        if (now > compacted) {
            // what a watch is told that meets its end here depends on who is faster
            watches.forEach(WatchPair::awaitOpened);
            store.compact();
            etcd.etcdctl("compact", Long.toString(now));
            compacted = now;
        }
    }

    private long expected(Ipv4Prefix subnet) {
        return store.get(subnet).map(RegistryEntry::modRevision).orElse(0L);
    }

    private void compare(String what, EtcdLeaseRegistry registry, Call call) {
        Object fromModel = outcome(() -> ofModel(call.on(model, modelGrants)), modelGrants);
        Object fromEtcd = outcome(() -> Registries.get(call.on(registry, etcdGrants)), etcdGrants);
        assertThat(fromModel).as(what).isEqualTo(fromEtcd);
    }

    private <T> T ask(Function<LeaseRegistry, CompletableFuture<T>> call, LeaseRegistry registry) {
        return Registries.get(call.apply(registry));
    }

    private <T> T ofModel(CompletableFuture<T> answer) {
        loop.runUntil(answer::isDone, LIMIT);
        return Registries.get(answer);
    }

    private static Object outcome(java.util.function.Supplier<?> call, List<Long> grants) {
        try {
            return comparable(call.get(), grants);
        } catch (RegistryException e) {
            return e.kind();
        }
    }

    /** An answer without what must differ: the numbers of etcd leases, and the cluster's identity. */
    private static Object comparable(Object answer, List<Long> grants) {
        if (answer instanceof CreateResult.Taken taken) {
            return comparable(taken.snapshot(), grants);
        }
        if (answer instanceof RegistrySnapshot snapshot) {
            return List.of(
                    snapshot.revision(),
                    snapshot.entries().stream()
                            .map(entry -> plain(entry, grants))
                            .toList());
        }
        if (answer instanceof LeaseRegistry.Head head) {
            return List.of(head.revision(), head.count());
        }
        if (answer instanceof java.util.Optional<?> optional) {
            return optional.map(value -> comparable(value, grants));
        }
        return answer instanceof RegistryEntry entry ? plain(entry, grants) : String.valueOf(answer);
    }

    private static RegistryEntry plain(RegistryEntry entry, List<Long> grants) {
        return new RegistryEntry(
                entry.path(),
                entry.value(),
                entry.etcdLeaseId() == 0 ? -1 : grants.indexOf(entry.etcdLeaseId()),
                entry.createRevision(),
                entry.modRevision());
    }

    /** -1 stands for no etcd lease. */
    private static long id(List<Long> grants, int number) {
        return number < 0 ? 0 : grants.get(number);
    }

    /** The same call, with each side's numbers of etcd leases. */
    private interface Call {
        CompletableFuture<?> on(LeaseRegistry registry, List<Long> grants);
    }

    /** One watch on each side. */
    private final class WatchPair {
        private final String what;
        private final RecordingListener inModel = new RecordingListener();
        private final RecordingListener inEtcd = new RecordingListener();

        WatchPair(String what, long from, LeaseRegistry registry) {
            this.what = what;
            model.watch(from, inModel);
            registry.watch(from, inEtcd);
            loop.run(Duration.ofSeconds(1));
        }

        void awaitOpened() {
            await(what).atMost(LIMIT).until(() -> !inEtcd.created.isEmpty() || !inEtcd.ends.isEmpty());
            awaitEvents();
        }

        private void awaitEvents() {
            await(what)
                    .atMost(LIMIT)
                    .until(() ->
                            inEtcd.events.size() >= inModel.events.size() && inEtcd.ends.size() >= inModel.ends.size());
        }

        void assertSame() {
            loop.run(Duration.ofSeconds(1));
            awaitEvents();
            assertThat(told(inModel, modelGrants)).as(what).isEqualTo(told(inEtcd, etcdGrants));
            assertThat(inModel.ends.stream().map(Throwable::getMessage))
                    .as(what)
                    .containsExactlyElementsOf(
                            inEtcd.ends.stream().map(Throwable::getMessage).toList());
        }

        private static List<RegistryEvent> told(RecordingListener listener, List<Long> grants) {
            return listener.events.stream()
                    .map(event -> event instanceof RegistryEvent.Put put
                            ? new RegistryEvent.Put(plain(put.entry(), grants))
                            : event)
                    .toList();
        }
    }
}
