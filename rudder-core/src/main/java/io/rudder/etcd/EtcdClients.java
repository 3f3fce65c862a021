package io.rudder.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLException;

/** Makes jetcd clients that fail soon and do nothing by themselves. */
final class EtcdClients {
    /** A silent member is noticed after 13 s; jetcd's 30 s and 10 s take 40 s. etcd allows a ping every 5 s. */
    private static final Duration KEEPALIVE_TIME = Duration.ofSeconds(10);

    private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(3);

    /** Long enough for one repeated SYN, short enough for a second endpoint within a read's deadline. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** gRPC's own limit of 4 MiB is reached at 20,000 leases. */
    private static final int MAX_INBOUND_BYTES = 64 << 20;

    private EtcdClients() {}

    /**
     * A client that connects with its first call.
     *
     * @throws IllegalArgumentException names the certificate file that cannot be used
     */
    static Client open(EtcdOptions options) {
        ClientBuilder builder = Client.builder()
                .target(EndpointResolverProvider.target(options.endpoints()))
                .interceptor(new CallDeadlines())
                .keepaliveTime(KEEPALIVE_TIME)
                .keepaliveTimeout(KEEPALIVE_TIMEOUT)
                // etcd counts pings on a connection without streams as an attack
                .keepaliveWithoutCalls(false)
                .connectTimeout(CONNECT_TIMEOUT)
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                .retryMaxAttempts(0)
                // a refused connection fails the call at once, with its cause, instead of after the deadline
                .waitForReady(false);
        if (options.isSecure()) {
            secure(builder, TlsMaterial.load(options.tls()));
        }
        options.credentials()
                .ifPresent(
                        credentials -> builder.user(bytes(credentials.user())).password(bytes(credentials.password())));
        return builder.build();
    }

    private static void secure(ClientBuilder builder, TlsMaterial material) {
        try {
            builder.sslContext(ssl -> {
                ssl.trustManager(material.trust());
                material.identity().ifPresent(ssl::keyManager);
            });
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
