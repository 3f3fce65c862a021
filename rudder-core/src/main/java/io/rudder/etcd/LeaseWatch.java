package io.rudder.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Context;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistryWatch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One jetcd watcher that is allowed one life. jetcd resumes a broken watch by itself half a second later, from a
 * revision that may lie beyond events it never delivered; so the first error or completion ends the watch, and the
 * watcher is closed from the registry's thread before jetcd gets to resume it.
 *
 * <p>The listener is called under this object's monitor, by jetcd's threads and the registry's, one at a time. The
 * monitor is never held while jetcd is called.
 */
final class LeaseWatch implements RegistryWatch {
    /** How its failures name it. */
    static final String CALL = "watch the leases";

    private static final Logger LOG = LoggerFactory.getLogger(LeaseWatch.class);

    private final EtcdKeys keys;
    private final EtcdFailures failures;
    private final Executor registryThread;
    private final RegistryWatch.Listener listener;

    /** What the stream runs in: jetcd only half-closes a failed watch, and etcd then keeps the stream for ever. */
    private final Context.CancellableContext stream = Context.ROOT.withCancellation();

    /** Owned by the registry's thread. */
    private Optional<Watch.Watcher> watcher = Optional.empty();

    /** The first revision that the owner wants to hear of; set before anything is heard. */
    private volatile long fromRevision;

    /** Set by the owner: the listener is not to be called any more. */
    private volatile boolean closed;

    /** Guarded by the monitor. */
    private boolean ended;

    LeaseWatch(EtcdKeys keys, EtcdFailures failures, Executor registryThread, RegistryWatch.Listener listener) {
        this.keys = keys;
        this.failures = failures;
        this.registryThread = registryThread;
        this.listener = listener;
    }

    /** Starts it, on the registry's thread. */
    void open(Client client, long revision) {
        if (closed) {
            return;
        }
        fromRevision = revision;
        WatchOption option = WatchOption.builder()
                .isPrefix(true)
                // etcd accepts a watch from the very revision that it was compacted to, and leaves out what was deleted
                // there: asking for one more makes it say that this is compacted
                .withRevision(Math.max(1, revision - 1))
                .withCreateNotify(true)
                // a member without quorum would keep the watch silent for ever
                .withRequireLeader(true)
                .build();
        stream.run(
                () -> watcher = Optional.of(client.getWatchClient().watch(keys.root(), option, new JetcdListener())));
    }

    @Override
    public void requestProgress() {
        registryThread.execute(() -> watcher.ifPresent(Watch.Watcher::requestProgress));
    }

    /** The owner's end of it: the listener hears of no {@code onEnd}. */
    @Override
    public void close() {
        closed = true;
        closeWatcher();
    }

    /** Ends the watch, telling why. */
    void end(Throwable failure) {
        deliverEnd(toCause(failure));
    }

    private void closeWatcher() {
        registryThread.execute(() -> {
            watcher.ifPresent(Watch.Watcher::close);
            watcher = Optional.empty();
            stream.cancel(null);
        });
    }

    private Throwable toCause(Throwable failure) {
        if (failure instanceof io.etcd.jetcd.common.exception.CompactedException compacted) {
            return new CompactedException(compacted.getCompactedRevision());
        }
        return failures.of(CALL, failure);
    }

    private void hear(WatchResponse response) {
        if (response.isCreatedNotify()) {
            deliver(to -> to.onCreated(response.getHeader().getRevision()));
            return;
        }
        List<WatchEvent> wanted = response.getEvents().stream()
                .filter(event -> event.getKeyValue().getModRevision() >= fromRevision)
                .toList();
        if (wanted.size() < response.getEvents().size() && wanted.isEmpty()) {
            return;
        }
        List<RegistryEvent> events =
                wanted.stream().flatMap(event -> toEvent(event).stream()).toList();
        if (events.isEmpty()) {
            // an answer to a request for progress, or changes of foreign keys
            deliver(RegistryWatch.Listener::onProgress);
        } else {
            deliver(to -> to.onEvents(events));
        }
    }

    private Optional<RegistryEvent> toEvent(WatchEvent event) {
        return keys.path(event.getKeyValue().getKey()).flatMap(path -> switch (event.getEventType()) {
            case PUT -> Optional.of(new RegistryEvent.Put(keys.entry(event.getKeyValue())));
            case DELETE ->
                Optional.of(new RegistryEvent.Delete(path, event.getKeyValue().getModRevision()));
            case UNRECOGNIZED -> Optional.empty();
        });
    }

    private synchronized void deliver(Consumer<RegistryWatch.Listener> message) {
        if (ended || closed) {
            return;
        }
        try {
            message.accept(listener);
        } catch (RuntimeException e) {
            // what it was told is lost to the listener: only a new watch from its own revision makes up for it
            LOG.error("A listener of the watch failed; the watch ends", e);
            deliverEnd(e);
        }
    }

    private synchronized void deliverEnd(Throwable cause) {
        boolean first = !ended;
        ended = true;
        if (!first) {
            return;
        }
        closeWatcher();
        if (closed) {
            return;
        }
        try {
            listener.onEnd(cause);
        } catch (RuntimeException e) {
            LOG.error("A listener of the watch failed to hear of its end", e);
        }
    }

    /** What jetcd calls; keeps its methods from {@link RegistryWatch}'s callers. */
    private final class JetcdListener implements Watch.Listener {
        @Override
        public void onNext(WatchResponse response) {
            hear(response);
        }

        @Override
        public void onError(Throwable failure) {
            end(failure);
        }

        /** The member ended the stream, or the client was closed. */
        @Override
        public void onCompleted() {
            deliverEnd(failures.unavailable(CALL, "the connection was closed"));
        }
    }
}
