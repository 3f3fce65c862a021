package io.rudder.testing;

import io.rudder.control.ControlLoop;
import io.rudder.lease.LeaseAttributes;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.RegistryEntry;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistryException.Kind;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.lease.RegistryWatch;
import io.rudder.net.Ipv4Prefix;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** One node's client of a {@link MemoryStore}, over a connection that a test can spoil. */
public final class MemoryRegistry implements LeaseRegistry {
    /** The port's verbs. */
    public enum Verb {
        LIST,
        HEAD,
        GET,
        GRANT,
        CREATE,
        UPDATE,
        DELETE,
        RENEW,
        REVOKE
    }

    /** What becomes of one call. */
    public enum Fate {
        /** It works. */
        ANSWERED,
        /** It never arrives. */
        REQUEST_LOST,
        /** It takes effect, and nobody hears of it. */
        ANSWER_LOST,
        /** It takes effect long after the caller gave up. */
        ARRIVES_LATE,
        /** It is refused: the user may not. */
        DENIED
    }

    private static final Deque<Fate> NOTHING_SCRIPTED = new ArrayDeque<>();
    private static final Duration LATE = Duration.ofSeconds(3);

    private final MemoryStore store;
    private final ControlLoop loop;
    private final Map<Verb, Deque<Fate>> scripted = new EnumMap<>(Verb.class);
    private final Map<Verb, Integer> calls = new EnumMap<>(Verb.class);
    private final List<MemoryWatch> watches = new ArrayList<>();
    private final List<Runnable> beforeCreate = new ArrayList<>();
    private Function<Verb, Fate> fates = verb -> Fate.ANSWERED;
    private Supplier<Duration> latency = () -> Duration.ofMillis(1);
    private LongConsumer beforeRevoke = etcdLeaseId -> {};
    private long createdLag;
    private boolean down;
    private int reconnects;

    public MemoryRegistry(MemoryStore store, ControlLoop loop) {
        this.store = store;
        this.loop = loop;
    }

    // What a test does

    /** Cuts the connection, and lets nothing through until it is up again. */
    public void down(boolean isDown) {
        down = isDown;
        if (isDown) {
            cutWatches();
        }
    }

    /** Decides the next calls of a verb, one after the other. */
    public void next(Verb verb, Fate... coming) {
        scripted.computeIfAbsent(verb, key -> new ArrayDeque<>()).addAll(List.of(coming));
    }

    /** Decides all calls that are not scripted. */
    public void fates(Function<Verb, Fate> decide) {
        fates = decide;
    }

    public void latency(Supplier<Duration> oneWay) {
        latency = oneWay;
    }

    /** Does something just before the next transaction that creates a key. */
    public void beforeNextCreate(Runnable action) {
        beforeCreate.add(action);
    }

    /** Lets new watches be told a store revision that is so much too low, as by a member that lags. */
    public void createdLag(long revisions) {
        createdLag = revisions;
    }

    /** Looks at each etcd lease just before it is revoked. */
    public void beforeRevoke(LongConsumer look) {
        beforeRevoke = look;
    }

    public int calls(Verb verb) {
        return calls.getOrDefault(verb, 0);
    }

    public int reconnects() {
        return reconnects;
    }

    /** The watches that are neither closed nor ended. */
    public List<MemoryWatch> watches() {
        return List.copyOf(watches);
    }

    public void cutWatches() {
        watches().forEach(watch -> watch.end(unavailable()));
    }

    // The port

    @Override
    public CompletableFuture<RegistrySnapshot> list() {
        return call(Verb.LIST, store::snapshot);
    }

    @Override
    public CompletableFuture<Head> head() {
        return call(Verb.HEAD, store::head);
    }

    @Override
    public CompletableFuture<Optional<RegistryEntry>> get(Ipv4Prefix subnet) {
        return call(Verb.GET, () -> store.get(subnet));
    }

    @Override
    public CompletableFuture<Long> grant(Duration timeToLive) {
        return call(Verb.GRANT, () -> store.grant(timeToLive));
    }

    @Override
    public CompletableFuture<CreateResult> create(Ipv4Prefix subnet, LeaseAttributes attributes, long etcdLeaseId) {
        return call(Verb.CREATE, () -> {
            List<Runnable> first = List.copyOf(beforeCreate);
            beforeCreate.clear();
            first.forEach(Runnable::run);
            return store.create(subnet, attributes, etcdLeaseId);
        });
    }

    @Override
    public CompletableFuture<Boolean> update(
            Ipv4Prefix subnet, LeaseAttributes attributes, long expectedModRevision, long etcdLeaseId) {
        return call(Verb.UPDATE, () -> store.update(subnet, attributes, expectedModRevision, etcdLeaseId));
    }

    @Override
    public CompletableFuture<Boolean> delete(Ipv4Prefix subnet, long expectedModRevision) {
        return call(Verb.DELETE, () -> store.delete(subnet, expectedModRevision));
    }

    @Override
    public CompletableFuture<Optional<Duration>> renew(long etcdLeaseId) {
        return call(Verb.RENEW, () -> store.renew(etcdLeaseId));
    }

    @Override
    public CompletableFuture<Void> revoke(long etcdLeaseId) {
        return call(Verb.REVOKE, () -> {
            beforeRevoke.accept(etcdLeaseId);
            store.revoke(etcdLeaseId);
            return null;
        });
    }

    @Override
    public RegistryWatch watch(long fromRevision, RegistryWatch.Listener listener) {
        MemoryWatch watch = new MemoryWatch(store, loop, fromRevision, createdLag, listener, latency, watches::remove);
        watches.add(watch);
        if (down) {
            watch.stall();
        } else {
            watch.open();
        }
        return watch;
    }

    @Override
    public void reconnect() {
        reconnects++;
        cutWatches();
    }

    @Override
    public void close() {
        down(true);
    }

    private <T> CompletableFuture<T> call(Verb verb, Supplier<T> effect) {
        calls.merge(verb, 1, Integer::sum);
        CompletableFuture<T> answer = new CompletableFuture<>();
        Fate fate = fate(verb);
        switch (fate) {
            case ANSWERED -> loop.schedule(latency.get(), () -> answer(answer, effect));
            case ANSWER_LOST ->
                loop.schedule(latency.get(), () -> {
                    attempt(effect);
                    answer.completeExceptionally(unavailable());
                });
            case ARRIVES_LATE -> {
                loop.schedule(LATE, () -> attempt(effect));
                fail(answer, unavailable());
            }
            case REQUEST_LOST -> fail(answer, unavailable());
            case DENIED -> fail(answer, new RegistryException(Kind.DENIED, "etcd: permission denied", null));
            default -> throw new AssertionError(fate);
        }
        return answer;
    }

    private Fate fate(Verb verb) {
        if (down) {
            return Fate.REQUEST_LOST;
        }
        Fate next = scripted.getOrDefault(verb, NOTHING_SCRIPTED).poll();
        return next != null ? next : fates.apply(verb);
    }

    private <T> void answer(CompletableFuture<T> answer, Supplier<T> effect) {
        try {
            T result = effect.get();
            loop.schedule(latency.get(), () -> answer.complete(result));
        } catch (RegistryException refused) {
            fail(answer, refused);
        }
    }

    private static void attempt(Supplier<?> effect) {
        try {
            effect.get();
        } catch (RegistryException refused) {
            // Nobody hears of it.
        }
    }

    private void fail(CompletableFuture<?> answer, RegistryException failure) {
        loop.schedule(latency.get(), () -> answer.completeExceptionally(failure));
    }

    static RegistryException unavailable() {
        return new RegistryException(Kind.UNAVAILABLE, "etcd does not answer", null);
    }
}
