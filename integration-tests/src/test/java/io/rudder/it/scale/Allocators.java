package io.rudder.it.scale;

import io.rudder.config.NetworkConfig;
import io.rudder.control.ControlThread;
import io.rudder.etcd.EtcdLeaseRegistry;
import io.rudder.etcd.EtcdOptions;
import io.rudder.lease.ControlContext;
import io.rudder.lease.FreedSubnets;
import io.rudder.lease.Lease;
import io.rudder.lease.LeaseKeeper;
import io.rudder.lease.LeasePolicy;
import io.rudder.lease.LeaseTerms;
import io.rudder.lease.NodeIdentity;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.status.Counters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Many nodes that want a lease at the same moment, on a few connections and control threads. */
final class Allocators implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    private final List<EtcdLeaseRegistry> connections = new ArrayList<>();
    private final List<ControlThread> threads = new ArrayList<>();
    private final List<CountingRegistry> counted = new ArrayList<>();
    private final Set<Ipv4Prefix> taken = ConcurrentHashMap.newKeySet();

    Allocators(EtcdOptions options) {
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(new EtcdLeaseRegistry(options));
            threads.add(new ControlThread());
        }
        connections.forEach(connection -> connection.head().join());
    }

    /** Lets them all start, and returns how long it took until each had a lease. */
    Duration run(int nodes, NetworkConfig config) throws InterruptedException {
        CountDownLatch missing = new CountDownLatch(nodes);
        long start = System.nanoTime();
        for (int i = 0; i < nodes; i++) {
            startOne(i, config, missing);
        }
        if (!missing.await(2, TimeUnit.MINUTES)) {
            throw new AssertionError(missing.getCount() + " of " + nodes + " nodes got no lease");
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** How many different subnets were given out. */
    int distinct() {
        return taken.size();
    }

    /** How often each node tried, in rising order. */
    int[] tries() {
        return counted.stream().mapToInt(node -> node.creates.get()).sorted().toArray();
    }

    private void startOne(int number, NetworkConfig config, CountDownLatch missing) {
        ControlThread thread = threads.get(number % CONNECTIONS);
        CountingRegistry registry = new CountingRegistry(connections.get(number % CONNECTIONS));
        counted.add(registry);
        NodeIdentity identity = new NodeIdentity("node-" + number, Ipv4.parse("172.16.0.1") + number);
        ControlContext context =
                new ControlContext(registry.registry, thread, new SplittableRandom(number), new Counters());
        LeaseTerms terms = new LeaseTerms(identity, Optional.empty(), LeasePolicy.DEFAULT);
        LeaseKeeper keeper = new LeaseKeeper(context, config, terms, new FreedSubnets(thread), new Holder(missing));
        thread.execute(keeper::start);
    }

    @Override
    public void close() {
        threads.forEach(ControlThread::close);
        connections.forEach(EtcdLeaseRegistry::close);
    }

    private final class Holder implements LeaseKeeper.Listener {
        private final CountDownLatch missing;

        Holder(CountDownLatch missing) {
            this.missing = missing;
        }

        @Override
        public void onHeld(Lease lease) {
            taken.add(lease.subnet());
            missing.countDown();
        }

        @Override
        public void onLost(Lease lease, boolean isTaken) {
            throw new AssertionError("lost " + lease);
        }

        @Override
        public void onRefused(String message) {
            throw new AssertionError(message);
        }
    }
}
