package io.rudder.it.etcd;

import static io.rudder.it.etcd.Registries.ATTRIBUTES;
import static io.rudder.it.etcd.Registries.SUBNET;
import static io.rudder.it.etcd.Registries.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.it.EtcdServer;
import io.rudder.lease.LeaseRegistry.CreateResult.Created;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistryException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real etcd with authentication enabled: the role of docs/etcd.md, logins that run out, and refusals. */
class EtcdUsersIT {
    private static final String PREFIX = EtcdOptions.DEFAULT_PREFIX;
    private static final Duration TOKEN_TTL = Duration.ofSeconds(1);

    private static EtcdServer etcd;

    @BeforeAll
    static void startEtcd() {
        etcd = EtcdServer.start("--auth-token-ttl=" + TOKEN_TTL.toSeconds());
        etcd.etcdctl("put", PREFIX + "/config", "{}");
        // as docs/etcd.md has it
        etcd.etcdctl("role", "add", "rudder");
        etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "read", PREFIX + "/");
        etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "readwrite", PREFIX + "/subnets/");
        etcd.etcdctl("role", "grant-permission", "rudder", "--prefix", "readwrite", PREFIX + "/rudder/");
        etcd.etcdctl("user", "add", "rudder:s3cret");
        etcd.etcdctl("user", "grant-role", "rudder", "rudder");
        etcd.etcdctl("user", "add", "guest:gu3st");
        etcd.enableAuthentication("r00t");
    }

    @AfterAll
    static void stopEtcd() {
        etcd.close();
    }

    @Test
    void theRoleOfLeastRightsIsEnough() {
        try (EtcdLeaseRegistry registry = connect("rudder", "s3cret")) {
            RecordingListener listener = new RecordingListener();
            registry.watch(get(registry.list()).revision() + 1, listener);
            listener.awaitCreated();

            long leaseId = get(registry.grant(Duration.ofMinutes(5)));
            long revision = ((Created) get(registry.create(SUBNET, ATTRIBUTES, leaseId))).revision();
            assertThat(get(registry.get(SUBNET))).isPresent();
            assertThat(get(registry.renew(leaseId))).isPresent();
            assertThat(get(registry.update(SUBNET, ATTRIBUTES, revision, leaseId)))
                    .isTrue();
            get(registry.revoke(leaseId));

            listener.awaitEvents(3);
            assertThat(get(registry.head()).count()).isOne();
        }
    }

    @Test
    void theRoleHasNoRightsElsewhere() {
        etcd.etcdctl("put", "/other/config", "{}");
        try (EtcdLeaseRegistry registry = new EtcdLeaseRegistry(EtcdOptions.of(etcd.endpoint(), "/other")
                .withCredentials(new EtcdOptions.Credentials("rudder", "s3cret")))) {
            assertDenied(registry, "permission denied: the user's role lacks these keys");
        }
    }

    @Test
    void tellsWhyItIsNotLetIn() {
        try (EtcdLeaseRegistry registry = connect("rudder", "wr0ng")) {
            assertDenied(registry, "wrong user or password");
        }
        try (EtcdLeaseRegistry registry = connect("guest", "gu3st")) {
            assertDenied(registry, "permission denied: the user's role lacks these keys");
        }
        try (EtcdLeaseRegistry registry = Registries.connect(etcd.endpoint())) {
            assertDenied(registry, "authentication is enabled and no user is given");
        }
    }

    @Test
    void logsInAnewWhenTheLoginHasRunOutOrEtcdHasRestarted() {
        try (EtcdLeaseRegistry registry = connect("rudder", "s3cret")) {
            get(registry.head());
            awaitEndOfLogin();

            // each of the three is the first to meet the login that is no longer valid
            assertThat(get(registry.list()).entries()).isNotEmpty();
            awaitEndOfLogin();
            RecordingListener listener = new RecordingListener();
            registry.watch(1, listener);
            listener.awaitCreated();
            etcd.restart();
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .until(() -> get(registry.grant(Duration.ofMinutes(5))) != 0);
        }
    }

    /** Another client's eyes cannot see a login: nothing but time tells that it is over. */
    private static void awaitEndOfLogin() {
        CompletableFuture<Void> over = new CompletableFuture<>();
        over.completeOnTimeout(null, TOKEN_TTL.toMillis() * 3, java.util.concurrent.TimeUnit.MILLISECONDS);
        over.join();
    }

    private static EtcdLeaseRegistry connect(String user, String password) {
        return new EtcdLeaseRegistry(
                EtcdOptions.of(etcd.endpoint(), PREFIX).withCredentials(new EtcdOptions.Credentials(user, password)));
    }

    private static void assertDenied(EtcdLeaseRegistry registry, String explanation) {
        long start = System.nanoTime();
        RegistryException failure = catchThrowableOfType(RegistryException.class, () -> get(registry.list()));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(failure).hasMessage("cannot list the leases at etcd " + etcd.endpoint() + ": " + explanation);
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        RecordingListener listener = new RecordingListener();
        registry.watch(1, listener);
        assertThat(((RegistryException) listener.awaitEnd()).kind()).isEqualTo(Kind.DENIED);
    }
}
