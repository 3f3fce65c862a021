package io.rudder.it.etcd;

import static io.rudder.it.etcd.Registries.ATTRIBUTES;
import static io.rudder.it.etcd.Registries.SUBNET;
import static io.rudder.it.etcd.Registries.get;
import static io.rudder.it.etcd.Registries.subnet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.it.EtcdServer;
import io.rudder.lease.LeaseRegistry.CreateResult;
import io.rudder.lease.LeaseRegistry.CreateResult.Created;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistryWatch;
import io.rudder.lease.RegistryWatch.CompactedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry's watch against a real etcd. */
class EtcdLeaseWatchIT {
    private static final String PREFIX = EtcdOptions.DEFAULT_PREFIX;

    private static EtcdServer etcd;
    private final RecordingListener listener = new RecordingListener();
    private EtcdLeaseRegistry registry;
    private long revision;

    @BeforeAll
    static void startEtcd() {
        etcd = EtcdServer.start();
    }

    @AfterAll
    static void stopEtcd() {
        etcd.close();
    }

    @BeforeEach
    void connect() {
        etcd.etcdctl("del", "--prefix", "");
        registry = Registries.connect(etcd.endpoint());
        revision = get(registry.list()).revision();
    }

    @AfterEach
    void disconnect() {
        registry.close();
    }

    @Test
    void tellsThatItIsCreatedAndAtWhichRevision() {
        registry.watch(revision + 1, listener);

        listener.awaitCreated();
        assertThat(listener.created).containsExactly(revision);
    }

    @Test
    void tellsEveryKindOfChangeInOrder() {
        registry.watch(revision + 1, listener);
        long leaseId = get(registry.grant(java.time.Duration.ofDays(1)));
        etcd.etcdctl("put", PREFIX + "/config", "{}");
        long created = ((Created) get(registry.create(SUBNET, ATTRIBUTES, leaseId))).revision();
        get(registry.update(SUBNET, ATTRIBUTES, created, leaseId));
        get(registry.revoke(leaseId));
        etcd.etcdctl("del", PREFIX + "/config");

        listener.awaitEvents(5);

        String path = RegistryEntry.subnetPath(SUBNET);
        String value = ATTRIBUTES.toJson();
        assertThat(listener.events)
                .containsExactly(
                        new RegistryEvent.Put(new RegistryEntry("config", "{}", 0, created - 1, created - 1)),
                        new RegistryEvent.Put(new RegistryEntry(path, value, leaseId, created, created)),
                        new RegistryEvent.Put(new RegistryEntry(path, value, leaseId, created, created + 1)),
                        new RegistryEvent.Delete(path, created + 2),
                        new RegistryEvent.Delete("config", created + 3));
    }

    @Test
    void losesNothingThatIsWrittenWhileItConnects() {
        int count = 600;
        List<CompletableFuture<CreateResult>> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(registry.create(subnet(i), ATTRIBUTES, 0));
            if (i == count / 3) {
                get(writes.get(i));
                registry.watch(revision + 1, listener);
            }
        }
        writes.forEach(Registries::get);

        listener.awaitEvents(count);

        assertThat(listener.events)
                .hasSize(count)
                .extracting(RegistryEvent::modRevision)
                .isSorted()
                .startsWith(revision + 1)
                .endsWith(revision + count);
    }

    @Test
    void tellsOfNoForeignKeysButOfLife() {
        registry.watch(revision + 1, listener);
        listener.awaitCreated();

        etcd.etcdctl("put", PREFIX + "/rudder/nodes/1", "foreign");
        await().atMost(RecordingListener.LIMIT).until(() -> listener.progress > 0);
        etcd.etcdctl("put", PREFIX + "/subnets", "foreign");
        etcd.etcdctl("put", PREFIX + "/subnets/garbage", "not a lease");
        listener.awaitEvents(1);

        assertThat(listener.paths()).containsExactly("subnets/garbage");
    }

    @Test
    void answersARequestForProgress() {
        RegistryWatch watch = registry.watch(revision + 1, listener);
        listener.awaitCreated();

        watch.requestProgress();
        await().atMost(RecordingListener.LIMIT).until(() -> listener.progress == 1);
        watch.requestProgress();
        await().atMost(RecordingListener.LIMIT).until(() -> listener.progress == 2);

        assertThat(listener.events).isEmpty();
        assertThat(listener.ends).isEmpty();
    }

    @Test
    void endsWhenItsRevisionIsCompacted() {
        etcd.etcdctl("put", PREFIX + "/config", "1");
        etcd.etcdctl("put", PREFIX + "/config", "2");
        long compacted = get(registry.head()).revision();
        etcd.etcdctl("compact", Long.toString(compacted));

        registry.watch(revision + 1, listener);

        assertThat(listener.awaitEnd())
                .isInstanceOf(CompactedException.class)
                .hasMessage("compacted up to revision " + compacted);
        staysEnded();
    }

    @Test
    void doesNotResumeByItselfWhenItsConnectionIsCut() throws IOException {
        try (TcpProxy proxy = new TcpProxy(etcd.clientPort());
                EtcdLeaseRegistry behindProxy = Registries.connect(proxy.endpoint())) {
            behindProxy.watch(revision + 1, listener);
            listener.awaitCreated();

            proxy.cut();

            assertThat(listener.awaitEnd())
                    .isInstanceOf(RegistryException.class)
                    .hasMessageStartingWith("cannot watch the leases at etcd " + proxy.endpoint() + ": ");
            staysEnded();
            assertThat(listener.events).isEmpty();
        }
    }

    @Test
    void isReplacedByANewOneFromItsLastRevision() throws IOException {
        try (TcpProxy proxy = new TcpProxy(etcd.clientPort());
                EtcdLeaseRegistry behindProxy = Registries.connect(proxy.endpoint())) {
            behindProxy.watch(revision + 1, listener);
            etcd.etcdctl("put", PREFIX + "/subnets/a", "1");
            listener.awaitEvents(1);
            proxy.cut();
            listener.awaitEnd();
            etcd.etcdctl("put", PREFIX + "/subnets/b", "1");

            behindProxy.watch(listener.events.get(0).modRevision() + 1, listener);
            listener.awaitEvents(2);

            assertThat(listener.paths()).containsExactly("subnets/a", "subnets/b");
        }
    }

    @Test
    void endsWithTheConnectionThatIsThrownAway() {
        registry.watch(revision + 1, listener);
        listener.awaitCreated();

        registry.reconnect();

        assertThat(listener.awaitEnd()).isInstanceOf(RegistryException.class);
        staysEnded();
        RecordingListener next = new RecordingListener();
        registry.watch(revision + 1, next);
        etcd.etcdctl("put", PREFIX + "/config", "1");
        next.awaitEvents(1);
    }

    @Test
    void endsWhenItsListenerFails() {
        registry.watch(revision + 1, new FailingListener(listener));
        etcd.etcdctl("put", PREFIX + "/config", "1");

        assertThat(listener.awaitEnd()).hasMessage("a listener's mistake");
        staysEnded();
    }

    @Test
    void saysNothingMoreOnceItsOwnerClosedIt() {
        RegistryWatch watch = registry.watch(revision + 1, listener);
        listener.awaitCreated();
        RecordingListener other = new RecordingListener();
        registry.watch(revision + 1, other);

        watch.close();
        watch.close();
        watch.requestProgress();
        etcd.etcdctl("put", PREFIX + "/config", "1");
        other.awaitEvents(1);

        assertThat(listener.events).isEmpty();
        assertThat(listener.ends).isEmpty();
    }

    @Test
    void leavesNoStreamBehindOnTheServer() {
        for (int i = 0; i < 10; i++) {
            RecordingListener each = new RecordingListener();
            RegistryWatch watch = registry.watch(revision + 1, each);
            each.awaitCreated();
            watch.close();
        }

        await().atMost(RecordingListener.LIMIT).until(() -> gauge("etcd_debugging_mvcc_watch_stream_total") == 0);
        assertThat(gauge("etcd_debugging_mvcc_watcher_total")).isZero();
    }

    /** jetcd would resume after half a second: something written then must not be heard of. */
    private void staysEnded() {
        int heard = listener.created.size() + listener.events.size();
        RecordingListener later = new RecordingListener();
        long now = get(registry.head()).revision();
        RegistryWatch control = registry.watch(now + 1, later);
        await().pollDelay(java.time.Duration.ofMillis(800)).until(() -> true);
        etcd.etcdctl("put", PREFIX + "/subnets/after-the-end", "1");
        later.awaitEvents(1);
        control.close();

        assertThat(listener.ends).hasSize(1);
        assertThat(listener.created.size() + listener.events.size()).isEqualTo(heard);
    }

    @Test
    void leavesNoStreamBehindWhenItsRevisionIsCompacted() {
        etcd.etcdctl("put", PREFIX + "/config", "1");
        etcd.etcdctl("compact", Long.toString(get(registry.head()).revision()));
        for (int i = 0; i < 10; i++) {
            RecordingListener each = new RecordingListener();
            registry.watch(revision, each);
            each.awaitEnd();
        }

        await().atMost(RecordingListener.LIMIT).until(() -> gauge("etcd_debugging_mvcc_watch_stream_total") == 0);
    }

    private static double gauge(String name) {
        return Metrics.read(etcd.endpoint(), name);
    }

    private static final class FailingListener implements RegistryWatch.Listener {
        private final RecordingListener inner;

        FailingListener(RecordingListener inner) {
            this.inner = inner;
        }

        @Override
        public void onCreated(long storeRevision) {
            inner.onCreated(storeRevision);
        }

        @Override
        public void onEvents(List<RegistryEvent> events) {
            throw new IllegalStateException("a listener's mistake");
        }

        @Override
        public void onProgress() {}

        @Override
        public void onEnd(Throwable cause) {
            inner.onEnd(cause);
        }
    }
}
