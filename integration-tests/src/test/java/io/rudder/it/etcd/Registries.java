package io.rudder.it.etcd;

import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.lease.LeaseAttributes;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the tests of the registry have in common. */
final class Registries {
    static final Ipv4Prefix SUBNET = Ipv4Prefix.parse("10.0.34.0/24");
    static final LeaseAttributes ATTRIBUTES = LeaseAttributes.own(Ipv4.parse("192.0.2.7"), "0123456789abcdef");

    /** More than any call's deadline. */
    private static final int LIMIT_SECONDS = 15;

    private Registries() {}

    static EtcdLeaseRegistry connect(String endpoint) {
        return new EtcdLeaseRegistry(EtcdOptions.of(endpoint, EtcdOptions.DEFAULT_PREFIX));
    }

    /** The subnet of a number, 0 to 65535; number 34 is {@link #SUBNET}. */
    static Ipv4Prefix subnet(int number) {
        return new Ipv4Prefix(Ipv4.parse("10.0.0.0") + (number << 8), 24);
    }

    /** A call's result; its own exception if it failed. */
    static <T> T get(CompletableFuture<T> call) {
        try {
            return call.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("the call has no deadline", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
