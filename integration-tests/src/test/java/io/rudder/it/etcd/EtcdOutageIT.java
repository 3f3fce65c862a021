package io.rudder.it.etcd;

import static io.rudder.it.etcd.Registries.ATTRIBUTES;
import static io.rudder.it.etcd.Registries.SUBNET;
import static io.rudder.it.etcd.Registries.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.it.EtcdServer;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistryException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a caller gets when etcd is absent, silent, back again, or does not let it in. */
class EtcdOutageIT {
    private static final Duration DEADLINE = Duration.ofSeconds(11);

    @Test
    void failsSoonWithTheCauseWhileNothingListens() throws IOException {
        String endpoint = "http://127.0.0.1:" + unusedPort();
        try (EtcdLeaseRegistry registry = Registries.connect(endpoint)) {
            RegistryException failure = failureOf(registry.list());

            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure).hasMessage("cannot list the leases at etcd " + endpoint + ": connection refused");
        }
    }

    @Test
    void failsWithItsOwnExceptionUnwrapped() throws IOException {
        try (EtcdLeaseRegistry registry = Registries.connect("http://127.0.0.1:" + unusedPort())) {
            Object heard = get(registry.head().handle((head, failure) -> failure));

            assertThat(heard).isInstanceOf(RegistryException.class);
        }
    }

    @Test
    void namesAHostThatNobodyKnows() {
        try (EtcdLeaseRegistry registry = Registries.connect("http://no-such-host.invalid:2379")) {
            assertThat(failureOf(registry.head()))
                    .hasMessageEndingWith("http://no-such-host.invalid:2379: unknown host");
        }
    }

    @Test
    void usesTheEndpointThatAnswers() throws IOException {
        try (EtcdServer etcd = EtcdServer.start();
                EtcdLeaseRegistry registry =
                        Registries.connect("http://127.0.0.1:" + unusedPort() + "," + etcd.endpoint())) {
            assertThat(get(registry.list()).entries()).isEmpty();
        }
    }

    @Test
    void endsWatchAndCallsWhenEtcdIsKilledAndGoesOnAfterReconnecting() {
        try (EtcdServer etcd = EtcdServer.start();
                EtcdLeaseRegistry registry = Registries.connect(etcd.endpoint())) {
            RecordingListener listener = new RecordingListener();
            get(registry.create(SUBNET, ATTRIBUTES, 0));
            long revision = get(registry.list()).revision();
            registry.watch(revision + 1, listener);
            listener.awaitCreated();

            etcd.kill();

            assertThat(((RegistryException) listener.awaitEnd()).kind()).isEqualTo(Kind.UNAVAILABLE);
            allVerbs(registry)
                    .forEach(call -> assertThat(failureOf(call).kind()).isEqualTo(Kind.UNAVAILABLE));

            etcd.restart();
            registry.reconnect();

            assertThat(get(registry.list()).revision()).isEqualTo(revision);
            assertThat(listener.ends).hasSize(1);
        }
    }

    @Test
    void connectsOnceEtcdIsThere() {
        try (EtcdServer etcd = EtcdServer.start()) {
            etcd.kill();
            try (EtcdLeaseRegistry registry = Registries.connect(etcd.endpoint())) {
                failureOf(registry.list());
                etcd.restart();

                await().atMost(Duration.ofSeconds(5)).ignoreExceptions().until(() -> {
                    registry.reconnect();
                    return get(registry.list()).entries().isEmpty();
                });
            }
        }
    }

    @Test
    void givesUpASilentEtcdWithinTheDeadlineAndEndsItsWatch() {
        try (EtcdServer etcd = EtcdServer.start();
                EtcdLeaseRegistry registry = Registries.connect(etcd.endpoint())) {
            RecordingListener listener = new RecordingListener();
            registry.watch(get(registry.list()).revision() + 1, listener);
            listener.awaitCreated();
            etcd.freeze();

            long start = System.nanoTime();
            List<CompletableFuture<?>> calls = allVerbs(registry);
            calls.forEach(call -> {
                RegistryException failure = failureOf(call);
                assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
                assertThat(failure.getMessage()).endsWith("no answer in time").doesNotContain("\n");
            });
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE);
            assertThat(listener.awaitEnd()).hasMessageEndingWith("the member fell silent");
            etcd.thaw();
        }
    }

    @Test
    void failsEveryCallOnceClosed() {
        try (EtcdServer etcd = EtcdServer.start()) {
            EtcdLeaseRegistry registry = Registries.connect(etcd.endpoint());
            RecordingListener watched = new RecordingListener();
            registry.watch(1, watched);
            watched.awaitCreated();

            registry.close();
            registry.close();
            registry.reconnect();

            watched.awaitEnd();
            assertThat(failureOf(registry.list())).hasMessageEndingWith("the registry is closed");
            RecordingListener late = new RecordingListener();
            registry.watch(1, late).close();
            registry.watch(1, late);
            assertThat(late.awaitEnd()).hasMessageEndingWith("the registry is closed");
        }
    }

    @Test
    void leaksNoThreadOverManyReconnects() {
        try (EtcdServer etcd = EtcdServer.start();
                EtcdLeaseRegistry registry = Registries.connect(etcd.endpoint())) {
            useAll(registry);
            long before = clientThreads();

            for (int i = 0; i < 20; i++) {
                registry.reconnect();
                useAll(registry);
            }

            await().atMost(Duration.ofSeconds(10)).until(() -> clientThreads() <= before + 2);
        }
    }

    @Test
    void namesAFullDatabaseAndStillRenews() {
        try (EtcdServer etcd = EtcdServer.start("--quota-backend-bytes=65536");
                EtcdLeaseRegistry registry = Registries.connect(etcd.endpoint())) {
            long leaseId = get(registry.grant(Duration.ofMinutes(5)));
            RegistryException failure = fill(registry);

            assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
            assertThat(failure.getMessage()).contains("NOSPACE");
            assertThat(get(registry.renew(leaseId))).contains(Duration.ofMinutes(5));
        }
    }

    private static RegistryException fill(EtcdLeaseRegistry registry) {
        for (int i = 0; i < 10_000; i++) {
            try {
                get(registry.create(Registries.subnet(i), ATTRIBUTES, 0));
            } catch (RegistryException e) {
                return e;
            }
        }
        throw new AssertionError("never full");
    }

    private static void useAll(EtcdLeaseRegistry registry) {
        get(registry.head());
        get(registry.renew(1));
        RecordingListener listener = new RecordingListener();
        registry.watch(1, listener);
        listener.awaitCreated();
    }

    private static List<CompletableFuture<?>> allVerbs(EtcdLeaseRegistry registry) {
        return List.of(
                registry.list(),
                registry.head(),
                registry.get(SUBNET),
                registry.grant(Duration.ofDays(1)),
                registry.create(SUBNET, ATTRIBUTES, 0),
                registry.update(SUBNET, ATTRIBUTES, 1, 0),
                registry.delete(SUBNET, 1),
                registry.renew(1),
                registry.revoke(1));
    }

    private static RegistryException failureOf(CompletableFuture<?> call) {
        RegistryException failure = catchThrowableOfType(RegistryException.class, () -> get(call));
        assertThat(failure).isNotNull();
        return failure;
    }

    /** Threads that belong to a client; gRPC's own pools are shared by all and end when idle. */
    private static long clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("(jetcd|vert\\.x|rudder-etcd).*"))
                .count();
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
