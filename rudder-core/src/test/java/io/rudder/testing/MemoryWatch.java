package io.rudder.testing;

import io.rudder.control.ControlLoop;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistryWatch;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A watch of a {@link MemoryStore}, with the faults of real ones at a test's command. */
public final class MemoryWatch implements RegistryWatch {
    private final MemoryStore store;
    private final ControlLoop loop;
    private final Listener listener;
    private final Supplier<Duration> latency;
    private final Consumer<MemoryWatch> onOver;
    private final Runnable onChange = this::deliver;
    private final long fromRevision;
    private final long createdLag;
    private long next;
    private long lastArrivalNanos;
    private boolean stalled;
    private boolean losing;
    private boolean over;

    MemoryWatch(
            MemoryStore store,
            ControlLoop loop,
            long fromRevision,
            long createdLag,
            Listener listener,
            Supplier<Duration> latency,
            Consumer<MemoryWatch> onOver) {
        this.store = store;
        this.loop = loop;
        this.fromRevision = fromRevision;
        this.createdLag = createdLag;
        this.next = fromRevision;
        this.listener = listener;
        this.latency = latency;
        this.onOver = onOver;
    }

    void open() {
        if (fromRevision <= store.compactedRevision()) {
            arrive(() -> finish(new CompactedException(store.compactedRevision())));
            return;
        }
        store.onChange(onChange);
        long storeRevision = Math.max(0, store.revision() - createdLag);
        arrive(() -> listener.onCreated(storeRevision));
        deliver();
    }

    /** The revision that it started from. */
    public long fromRevision() {
        return fromRevision;
    }

    /** Swallows everything from now on, and does not say so. */
    public void stall() {
        stalled = true;
    }

    /** Ends it. */
    public void end(Throwable cause) {
        arrive(() -> finish(cause));
    }

    /** Delivers some of what was delivered again, as a connection that was cut and resumed does. */
    public void repeat(long fromRevision, int count) {
        List<RegistryEvent> again = store.eventsFrom(fromRevision).stream()
                .filter(event -> event.modRevision() < next)
                .limit(count)
                .toList();
        if (!again.isEmpty()) {
            arrive(() -> listener.onEvents(again));
        }
    }

    /** Loses the events to come, while all else works: what etcd's own watches were seen to do. */
    public void loseEvents() {
        losing = true;
    }

    private void deliver() {
        List<RegistryEvent> events = stalled ? List.of() : store.eventsFrom(next);
        if (!events.isEmpty()) {
            next = events.get(events.size() - 1).modRevision() + 1;
            if (!losing) {
                arrive(() -> listener.onEvents(events));
            }
        }
    }

    @Override
    public void requestProgress() {
        if (!stalled) {
            arrive(listener::onProgress);
        }
    }

    @Override
    public void close() {
        over = true;
        store.removeOnChange(onChange);
        onOver.accept(this);
    }

    private void finish(Throwable cause) {
        close();
        listener.onEnd(cause);
    }

    /** In order, like everything on one stream. */
    private void arrive(Runnable message) {
        lastArrivalNanos =
                Math.max(lastArrivalNanos, loop.nanoTime() + latency.get().toNanos());
        loop.schedule(Duration.ofNanos(lastArrivalNanos - loop.nanoTime()), () -> {
            if (!over) {
                message.run();
            }
        });
    }
}
