package io.rudder.it.etcd;

import static io.rudder.it.etcd.Registries.ATTRIBUTES;
import static io.rudder.it.etcd.Registries.SUBNET;
import static io.rudder.it.etcd.Registries.get;
import static io.rudder.it.etcd.Registries.subnet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.it.EtcdServer;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry.CreateResult;
import io.rudder.lease.LeaseRegistry.CreateResult.Created;
import io.rudder.lease.LeaseRegistry.CreateResult.Taken;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.net.Ipv4;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The registry's verbs against a real etcd. */
class EtcdLeaseRegistryIT {
    private static final int CALLS_AT_ONCE = 100;
    private static final Duration DAY = Duration.ofDays(1);
    private static final String PREFIX = EtcdOptions.DEFAULT_PREFIX;
    private static final String KEY = PREFIX + "/subnets/10.0.34.0-24";

    private static EtcdServer etcd;
    private EtcdLeaseRegistry registry;

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
    }

    @AfterEach
    void disconnect() {
        registry.close();
    }

    @Test
    void writesFlannelsKeysAndValues() {
        long leaseId = get(registry.grant(DAY));

        assertThat(create(leaseId)).isInstanceOf(Created.class);

        assertThat(etcd.etcdctl("get", "--prefix", "", "--keys-only").strip()).isEqualTo(KEY);
        assertThat(etcd.etcdctl("get", KEY, "--print-value-only").strip()).isEqualTo(ATTRIBUTES.toJson());
        assertThat(etcd.etcdctl("lease", "timetolive", Long.toHexString(leaseId), "--keys"))
                .contains("granted with TTL(86400s)", KEY);
    }

    @Test
    void listsConfigAndLeasesAndNothingElse() {
        etcd.etcdctl("put", PREFIX + "/config", "{\"Network\":\"10.0.0.0/16\"}");
        etcd.etcdctl("put", PREFIX + "/subnets/10.0.34.0-24", "{\"PublicIP\":\"192.0.2.7\",\"PublicIPv6\":null}");
        etcd.etcdctl("put", PREFIX + "/subnets/not a lease/at all", "garbage \u00e4");
        etcd.etcdctl("put", PREFIX + "/subnets", "foreign");
        etcd.etcdctl("put", PREFIX + "/subnets2/10.0.35.0-24", "foreign");
        etcd.etcdctl("put", PREFIX + "/rudder/nodes/1", "foreign");
        etcd.etcdctl("put", PREFIX + "/config/more", "foreign");
        etcd.etcdctl("put", PREFIX + "2/config", "foreign");

        RegistrySnapshot snapshot = get(registry.list());

        assertThat(snapshot.entries())
                .extracting(RegistryEntry::path)
                .containsExactly("config", "subnets/10.0.34.0-24", "subnets/not a lease/at all");
        assertThat(snapshot.config()).contains("{\"Network\":\"10.0.0.0/16\"}");
        assertThat(snapshot.entries().get(2).value()).isEqualTo("garbage \u00e4");
        assertThat(get(registry.head()).count()).isEqualTo(3);
        assertThat(get(registry.head()).clusterId())
                .isEqualTo(snapshot.clusterId())
                .isNotZero();
        assertThat(get(registry.head()).revision()).isEqualTo(snapshot.revision());
    }

    @Test
    void listsAnEmptyStore() {
        assertThat(get(registry.list()).entries()).isEmpty();
        assertThat(get(registry.head()).count()).isZero();
    }

    @Test
    void passesOnAHugeValue() {
        etcd.etcdctl("put", KEY, "x".repeat(100_000));

        RegistryEntry entry = get(registry.get(SUBNET)).orElseThrow();

        assertThat(entry.value()).hasSize(100_000);
        assertThat(entry.etcdLeaseId()).isZero();
    }

    @Test
    void readsOneEntry() {
        assertThat(get(registry.get(SUBNET))).isEmpty();
        long leaseId = get(registry.grant(DAY));
        long revision = ((Created) create(leaseId)).revision();

        assertThat(get(registry.get(SUBNET)))
                .contains(new RegistryEntry("subnets/10.0.34.0-24", ATTRIBUTES.toJson(), leaseId, revision, revision));
    }

    @Test
    void createsOnceAndShowsTheLoserWhoWon() {
        etcd.etcdctl("put", PREFIX + "/config", "{}");
        long leaseId = get(registry.grant(DAY));
        create(leaseId);
        etcd.etcdctl("put", "/elsewhere", "1");

        CreateResult second = get(registry.create(SUBNET, LeaseAttributes.own(Ipv4.parse("192.0.2.8"), "b"), leaseId));

        RegistrySnapshot seen = ((Taken) second).snapshot();
        assertThat(seen).isEqualTo(get(registry.list()));
        assertThat(seen.entries()).extracting(RegistryEntry::path).containsExactly("config", "subnets/10.0.34.0-24");
        assertThat(seen.entries().get(1).value()).isEqualTo(ATTRIBUTES.toJson());
    }

    @Test
    void givesOneSubnetToExactlyOneOfManyCreators() {
        long leaseId = get(registry.grant(DAY));
        try (EtcdLeaseRegistry other = Registries.connect(etcd.endpoint())) {
            List<CompletableFuture<CreateResult>> races = IntStream.range(0, 50)
                    .mapToObj(i -> (i % 2 == 0 ? registry : other).create(SUBNET, node(i), leaseId))
                    .toList();

            List<CreateResult> results = races.stream().map(Registries::get).toList();

            assertThat(results).filteredOn(Created.class::isInstance).hasSize(1);
            String winner = node(results.indexOf(results.stream()
                            .filter(Created.class::isInstance)
                            .findFirst()
                            .orElseThrow()))
                    .toJson();
            assertThat(results)
                    .filteredOn(Taken.class::isInstance)
                    .allSatisfy(lost -> assertThat(((Taken) lost).snapshot().entries())
                            .extracting(RegistryEntry::value)
                            .containsExactly(winner));
        }
    }

    @Test
    void refusesToCreateWithARevokedEtcdLease() {
        long leaseId = get(registry.grant(DAY));
        get(registry.revoke(leaseId));

        assertThatThrownBy(() -> create(leaseId))
                .isInstanceOf(RegistryException.class)
                .hasMessage("cannot create lease 10.0.34.0/24 at etcd " + etcd.endpoint()
                        + ": etcd does not know the etcd lease (any more)")
                .extracting(failure -> ((RegistryException) failure).kind())
                .isEqualTo(RegistryException.Kind.REFUSED);
        assertThat(get(registry.head()).count()).isZero();
    }

    @Test
    void updatesWhatIsAsExpectedOnly() {
        long revision = ((Created) create(0)).revision();
        LeaseAttributes moved = LeaseAttributes.own(Ipv4.parse("192.0.2.70"), "a");

        assertThat(get(registry.update(SUBNET, moved, revision, 0))).isTrue();
        assertThat(get(registry.update(SUBNET, ATTRIBUTES, revision, 0))).isFalse();
        assertThat(get(registry.update(subnet(99), ATTRIBUTES, revision, 0))).isFalse();

        RegistryEntry entry = get(registry.get(SUBNET)).orElseThrow();
        assertThat(entry.value()).isEqualTo(moved.toJson());
        assertThat(entry.createRevision()).isEqualTo(revision);
        assertThat(get(registry.head()).count()).isEqualTo(1);
    }

    @Test
    void refusesToTakeAnAbsentEntryForAnExpectedOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> registry.update(SUBNET, ATTRIBUTES, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> registry.delete(SUBNET, 0));
    }

    @Test
    void deletesWhatIsAsExpectedOnly() {
        long revision = ((Created) create(0)).revision();

        assertThat(get(registry.delete(SUBNET, revision - 1))).isFalse();
        assertThat(get(registry.get(SUBNET))).isPresent();
        assertThat(get(registry.delete(SUBNET, revision))).isTrue();
        assertThat(get(registry.get(SUBNET))).isEmpty();
        assertThat(get(registry.delete(SUBNET, revision))).isFalse();
    }

    @Test
    void renewsTheLeaseAndLeavesTheValueAlone() {
        long leaseId = get(registry.grant(DAY));
        long revision = ((Created) create(leaseId)).revision();

        assertThat(get(registry.renew(leaseId))).contains(DAY);

        assertThat(get(registry.get(SUBNET)).orElseThrow().modRevision()).isEqualTo(revision);
    }

    @Test
    void renewalKeepsAShortLeaseAlive() {
        long leaseId = get(registry.grant(Duration.ofSeconds(3)));
        create(leaseId);
        long start = System.nanoTime();

        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    assertThat(get(registry.renew(leaseId))).isPresent();
                    return System.nanoTime() - start > Duration.ofSeconds(8).toNanos();
                });

        assertThat(get(registry.get(SUBNET))).isPresent();
    }

    @Test
    void tellsThatAnEtcdLeaseIsUnknown() {
        long leaseId = get(registry.grant(DAY));
        create(leaseId);

        get(registry.revoke(leaseId));

        assertThat(get(registry.get(SUBNET))).isEmpty();
        assertThat(get(registry.renew(leaseId))).isEmpty();
        assertThat(get(registry.revoke(leaseId))).isNull();
    }

    @Test
    void listsManyPagesAtOneRevision() {
        fill(3000);
        etcd.etcdctl("put", PREFIX + "/config", "{}");

        RegistrySnapshot snapshot = get(registry.list());

        assertThat(snapshot.entries())
                .hasSize(3001)
                .extracting(RegistryEntry::path)
                .doesNotHaveDuplicates();
        assertThat(get(registry.head()).count()).isEqualTo(3001);
        assertThat(((Taken) create(0)).snapshot()).isEqualTo(snapshot);
    }

    @Test
    void leavesOutWhatIsWrittenBetweenPages() throws IOException {
        fill(2500);
        try (TcpProxy proxy = new TcpProxy(etcd.clientPort());
                EtcdLeaseRegistry behindProxy = Registries.connect(proxy.endpoint())) {
            RegistrySnapshot before = get(behindProxy.list());

            CompletableFuture<RegistrySnapshot> list = listAndStopAfterTheFirstPage(behindProxy, proxy);
            etcd.etcdctl("put", PREFIX + "/subnets/zzz", "late");
            proxy.release();

            assertThat(get(list)).isEqualTo(before);
        }
    }

    @Test
    void listsAgainWhenTheRevisionIsCompactedBetweenPages() throws IOException {
        fill(2500);
        try (TcpProxy proxy = new TcpProxy(etcd.clientPort());
                EtcdLeaseRegistry behindProxy = Registries.connect(proxy.endpoint())) {
            get(behindProxy.head());

            CompletableFuture<RegistrySnapshot> list = listAndStopAfterTheFirstPage(behindProxy, proxy);
            etcd.etcdctl("put", PREFIX + "/subnets/zzz", "late");
            long revision = get(registry.head()).revision();
            etcd.etcdctl("compact", Long.toString(revision));
            proxy.release();

            assertThat(get(list).revision()).isEqualTo(revision);
            assertThat(get(list).entries())
                    .hasSize(2501)
                    .last()
                    .extracting(RegistryEntry::value)
                    .isEqualTo("late");
        }
    }

    private static CompletableFuture<RegistrySnapshot> listAndStopAfterTheFirstPage(
            EtcdLeaseRegistry behindProxy, TcpProxy proxy) {
        proxy.hold();
        CompletableFuture<RegistrySnapshot> list = behindProxy.list();
        // less than a page, more than anything else: etcd has read the page and is sending it
        await().atMost(RecordingListener.LIMIT).until(() -> proxy.heldBytes() > 20_000);
        return list;
    }

    /** Not all at once: a busy machine would not answer the last ones within a call's deadline. */
    private void fill(int count) {
        for (int first = 0; first < count; first += CALLS_AT_ONCE) {
            List<CompletableFuture<CreateResult>> calls = IntStream.range(first, Math.min(count, first + CALLS_AT_ONCE))
                    .mapToObj(i -> registry.create(subnet(i), node(i), 0))
                    .toList();
            calls.forEach(call -> assertThat(get(call)).isInstanceOf(Created.class));
        }
    }

    private CreateResult create(long etcdLeaseId) {
        return get(registry.create(SUBNET, ATTRIBUTES, etcdLeaseId));
    }

    private static LeaseAttributes node(int number) {
        return LeaseAttributes.own(Ipv4.parse("192.0.2.7"), "node" + number);
    }
}
