package io.rudder.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistryException.Kind;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class EtcdFailuresTest {
    private final EtcdFailures failures = new EtcdFailures(EtcdOptions.of("http://a:2379,http://b:2379", "/n"));

    @Test
    void namesCallEndpointsAndCause() {
        Throwable refused = Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new java.net.ConnectException("finishConnect(..) failed: Connection refused: /a:2379"))
                .asRuntimeException();

        RegistryException failure = failures.of("list the leases", new CompletionException(refused));

        assertThat(failure)
                .hasMessage("cannot list the leases at etcd http://a:2379,http://b:2379: connection refused");
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void findsTheCauseInsideATextAboutDeadlines() {
        Throwable late = Status.DEADLINE_EXCEEDED
                .withDescription(
                        "CallOptions deadline exceeded after 4.9s. Name resolution delay 0 seconds. [closed=[], "
                                + "open=[[wait_for_ready, Last Pick Failure[status=UNAUTHENTICATED: etcdserver: authentication "
                                + "failed, invalid user ID or password]]]]")
                .asRuntimeException();

        RegistryException failure = failures.of("list", late);

        assertThat(failure).hasMessageEndingWith(": wrong user or password");
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
    }

    @Test
    void keepsOneLineOfWhatItDoesNotKnow() {
        RegistryException failure = failures.of(
                "list", Status.INTERNAL.withDescription("first\nsecond").asRuntimeException());

        assertThat(failure).hasMessageEndingWith(": INTERNAL: first");
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void tellsARefusalFromAnOutage() {
        assertThat(failures.of("x", Status.INVALID_ARGUMENT.asRuntimeException())
                        .kind())
                .isEqualTo(Kind.REFUSED);
        assertThat(failures.of("x", Status.UNAUTHENTICATED.asRuntimeException()).kind())
                .isEqualTo(Kind.DENIED);
        assertThat(failures.of("x", new TimeoutException()).kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failures.of("x", new IllegalStateException()).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void leavesItsOwnExceptionsAlone() {
        RegistryException known = failures.unavailable("list", "the registry is closed");

        assertThat(failures.of("other", new CompletionException(known))).isSameAs(known);
    }
}
