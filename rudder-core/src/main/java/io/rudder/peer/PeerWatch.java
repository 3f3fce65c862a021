package io.rudder.peer;

import io.rudder.control.Backoff;
import io.rudder.control.LogThrottle;
import io.rudder.control.LoopScope;
import io.rudder.lease.ControlContext;
import io.rudder.lease.LeaseRegistry.Head;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistryException;
import io.rudder.lease.RegistryException.Kind;
import io.rudder.lease.RegistrySnapshot;
import io.rudder.lease.RegistryWatch;
import io.rudder.status.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the registry without losing a change: a full list, then a watch from the revision after it, and after the
 * watch's end another from the revision after the last one applied. Where that revision is gone, and where an audit
 * finds a difference, the full list is taken again. Owned by the control loop.
 */
public final class PeerWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PeerWatch.class);
    private static final int FAILURES_UNTIL_RECONNECT = 4;
    private static final Duration RELIST_INTERVAL = Duration.ofHours(1);
    private static final Duration COMPARED_AFTER = Duration.ofSeconds(5);
    private static final Duration AUDIT_AFTER_RESUMING = Duration.ofSeconds(1);
    // A watch that lived so long was no accident, and the next failure is another story.
    private static final Duration STEADY_AFTER = Duration.ofSeconds(5);

    private final ControlContext context;
    private final Listener listener;
    private final Backoff backoff;
    private final LogThrottle failureLog;
    private final RegistryAudit audit;
    private final LoopScope scope;
    // What is under way: a list, or the wait before the next step. Replaced with each new step.
    private LoopScope step;
    private WatchSession session;
    private boolean watching;
    private boolean failureLogged;
    private long applied;
    private long clusterId;
    private final RegistryMirror mirror = new RegistryMirror();
    private Optional<Instant> watchingSince = Optional.empty();
    private Optional<Instant> listedAt = Optional.empty();
    private Optional<String> lastError = Optional.empty();
    private long restarts;
    private volatile WatchStatus status = WatchStatus.connecting(Optional.empty());

    /** Nothing happens until {@link #start}. */
    public PeerWatch(ControlContext context, Listener listener) {
        this.context = context;
        this.listener = listener;
        this.backoff = new Backoff(Backoff.FIRST, context.random());
        this.failureLog = new LogThrottle(context.loop());
        this.audit = new RegistryAudit(context, new AuditedMirror());
        this.scope = new LoopScope(context.loop());
        this.step = new LoopScope(context.loop());
        this.session = new WatchSession(context, new SessionOwner());
    }

    /** Starts with a list, for as long as it takes to get one. */
    public void start() {
        relist();
        audit.start();
        scope.schedule(RELIST_INTERVAL, this::relistNowAndThen);
    }

    /** The last revision that the listener has heard of. */
    public long appliedRevision() {
        return applied;
    }

    /** How it stands with the registry. On any thread. */
    public WatchStatus status() {
        return status;
    }

    private void note() {
        WatchStatus.State state = watching
                ? WatchStatus.State.WATCHING
                : listedAt.isPresent() ? WatchStatus.State.OUT_OF_TOUCH : WatchStatus.State.CONNECTING;
        Optional<Instant> since = watching ? watchingSince : Optional.empty();
        status = new WatchStatus(state, applied, clusterId, since, listedAt, restarts, lastError);
    }

    private void relistNowAndThen() {
        scope.schedule(RELIST_INTERVAL, this::relistNowAndThen);
        if (watching) {
            scope.await(context.registry().list(), this::compareSoon, failure -> {});
        }
    }

    /** Events that the list is ahead of have time to arrive; nothing is disturbed if they do. */
    private void compareSoon(RegistrySnapshot snapshot) {
        scope.schedule(COMPARED_AFTER, () -> {
            if (watching && mirror.lagsBehind(snapshot)) {
                log.warn("the watch lost changes up to revision {}: listing again", snapshot.revision());
                context.counters().increment(Counter.REGISTRY_DRIFTS);
                relist();
            }
        });
    }

    /** Takes a full list now, for as long as it takes. */
    public void relist() {
        newStep();
        step.await(context.registry().list(), this::listed, failure -> retry(failure, this::relist));
    }

    private void listed(RegistrySnapshot snapshot) {
        context.counters().increment(Counter.REGISTRY_LISTS);
        backoff.reset();
        if (isReplaced(snapshot.revision(), snapshot.clusterId())) {
            log.warn(
                    "the registry was replaced (revision {} of cluster {} after {} of {}): taking it as it is",
                    snapshot.revision(),
                    Long.toHexString(snapshot.clusterId()),
                    applied,
                    Long.toHexString(clusterId));
            // What the old connections may still tell is of a store that is no more.
            context.registry().reconnect();
            listener.onReplaced();
        }
        applied = snapshot.revision();
        clusterId = snapshot.clusterId();
        mirror.replaceAll(snapshot);
        audit.reset();
        listedAt = Optional.of(context.loop().wallTime());
        newStep();
        openWatch();
        listener.onSnapshot(snapshot);
    }

    private boolean isReplaced(long revision, long cluster) {
        return listedAt.isPresent() && (revision < applied || cluster != clusterId);
    }

    /**
     * Goes on after the last applied event. That a watch goes on is when stores were seen to lose events, so the audit
     * looks soon.
     */
    private void resume() {
        newStep();
        openWatch();
        step.schedule(AUDIT_AFTER_RESUMING, audit::look);
    }

    private void openWatch() {
        session = new WatchSession(context, new SessionOwner());
        session.open(applied + 1);
    }

    private void newStep() {
        watching = false;
        session.close();
        step.close();
        step = new LoopScope(context.loop());
    }

    private void events(List<RegistryEvent> events) {
        List<RegistryEvent> fresh =
                events.stream().filter(event -> event.modRevision() > applied).toList();
        for (RegistryEvent event : fresh) {
            applied = event.modRevision();
            mirror.apply(event);
        }
        if (!fresh.isEmpty()) {
            note();
            listener.onEvents(fresh);
        }
    }

    private void ended(Throwable cause) {
        context.counters().increment(Counter.REGISTRY_WATCH_RESTARTS);
        restarts++;
        if (cause instanceof RegistryWatch.CompactedException) {
            // The store's end of a compacted watch is never given up while its connection lives.
            context.registry().reconnect();
            retry(cause, this::relist);
        } else {
            retry(cause, this::resume);
        }
    }

    private void retry(Throwable failure, Runnable next) {
        newStep();
        lastError = Optional.of(failure.getMessage());
        note();
        if (failureLog.permits()) {
            log.warn("lost touch with the registry at revision {}, trying on: {}", applied, failure.getMessage());
            failureLogged = true;
        }
        Duration delay = backoff.next();
        if (isToReconnect(failure)) {
            context.registry().reconnect();
        }
        step.schedule(delay, next);
    }

    /**
     * A connection has a backoff of its own, which would be waited for on top of this one. A store that answers and
     * refuses is spared: a new connection may cost it a login.
     */
    private boolean isToReconnect(Throwable failure) {
        boolean unreachable = failure instanceof RegistryException known && known.kind() == Kind.UNAVAILABLE;
        return unreachable
                ? backoff.failures() >= FAILURES_UNTIL_RECONNECT
                : backoff.failures() % FAILURES_UNTIL_RECONNECT == 0;
    }

    private void alive() {
        backoff.reset();
        if (failureLogged) {
            log.info("in touch with the registry again, at revision {}", applied);
            failureLogged = false;
        }
    }

    /** Ends list, watch and timers. */
    @Override
    public void close() {
        newStep();
        step.close();
        audit.close();
        scope.close();
    }

    private final class SessionOwner implements WatchSession.Owner {
        @Override
        public void onCreated(long storeRevision) {
            watching = true;
            step.schedule(STEADY_AFTER, PeerWatch.this::alive);
            watchingSince = Optional.of(context.loop().wallTime());
            note();
            if (storeRevision < applied) {
                // A member that lags, or a store restored from a backup: the audit's linearizable read tells which.
                audit.look();
            }
        }

        @Override
        public void onEvents(List<RegistryEvent> events) {
            alive();
            events(events);
        }

        @Override
        public void onAlive() {
            alive();
        }

        @Override
        public void onDead(Throwable cause) {
            ended(cause);
        }
    }

    private final class AuditedMirror implements RegistryAudit.Mirror {
        @Override
        public Optional<String> mismatch(Head head) {
            if (!watching) {
                return Optional.empty();
            }
            if (head.clusterId() != clusterId) {
                return Optional.of("it is another cluster");
            }
            if (head.revision() < applied) {
                return Optional.of("revision " + head.revision() + " after " + applied);
            }
            return head.count() == mirror.size()
                    ? Optional.empty()
                    : Optional.of(head.count() + " entries, " + mirror.size() + " known");
        }

        @Override
        public void onMismatch(String difference) {
            log.warn("the registry is not what was heard of it ({}): listing it again", difference);
            context.counters().increment(Counter.REGISTRY_DRIFTS);
            relist();
        }
    }

    /** Hears of the registry, on the control loop. */
    public interface Listener {
        /** Everything there is: at first, and when changes may have been missed. */
        void onSnapshot(RegistrySnapshot snapshot);

        /** The registry was restored from a backup, or is another one; the snapshot to come is its. */
        default void onReplaced() {}

        /** Changes since, each once, in their order. */
        void onEvents(List<RegistryEvent> events);
    }
}
