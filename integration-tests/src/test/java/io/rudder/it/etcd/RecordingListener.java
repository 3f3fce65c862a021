package io.rudder.it.etcd;

import static org.awaitility.Awaitility.await;

import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistryWatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a watch tells, for a test to look at. */
final class RecordingListener implements RegistryWatch.Listener {
    static final Duration LIMIT = Duration.ofSeconds(20);

    final List<Long> created = new CopyOnWriteArrayList<>();
    final List<RegistryEvent> events = new CopyOnWriteArrayList<>();
    final List<Throwable> ends = new CopyOnWriteArrayList<>();
    volatile int progress;

    @Override
    public void onCreated(long storeRevision) {
        created.add(storeRevision);
    }

    @Override
    public void onEvents(List<RegistryEvent> more) {
        events.addAll(more);
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // calls come one at a time
    public void onProgress() {
        progress++;
    }

    @Override
    public void onEnd(Throwable cause) {
        ends.add(cause);
    }

    void awaitCreated() {
        await("watch created").atMost(LIMIT).until(() -> !created.isEmpty());
    }

    void awaitEvents(int count) {
        await(count + " events").atMost(LIMIT).until(() -> events.size() >= count);
    }

    Throwable awaitEnd() {
        await("end of the watch").atMost(LIMIT).until(() -> !ends.isEmpty());
        return ends.get(0);
    }

    List<String> paths() {
        return events.stream().map(RegistryEvent::path).toList();
    }
}
