package io.rudder.it.scale;

import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry;
import io.rudder.net.Ipv4Prefix;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often a node tries to create its lease. */
final class CountingRegistry {
    private static final String CREATE = createName();

    final AtomicInteger creates = new AtomicInteger();
    final LeaseRegistry registry;

    CountingRegistry(LeaseRegistry counted) {
        this.registry = (LeaseRegistry) Proxy.newProxyInstance(
                LeaseRegistry.class.getClassLoader(),
                new Class<?>[] {LeaseRegistry.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals(CREATE)) {
                        creates.incrementAndGet();
                    }
                    try {
                        return method.invoke(counted, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static String createName() {
        try {
            return LeaseRegistry.class
                    .getMethod("create", Ipv4Prefix.class, LeaseAttributes.class, long.class)
                    .getName();
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }
}
