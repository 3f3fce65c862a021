package io.rudder.peer;

import io.rudder.control.LoopScope;
import io.rudder.lease.ControlContext;
import io.rudder.lease.RegistryEvent;
import io.rudder.lease.RegistryWatch;
import java.time.Duration;
import java.util.List;

/**
 * One watch from its start to its death. A watch that says nothing is asked for a sign of life, and is as dead as one
 * that ended if it gives none: a connection may be cut, or a member stopped, without anybody telling. Calls of the
 * registry only hop to the control loop, which owns the session; after {@link #close} none of them is heard.
 */
final class WatchSession implements RegistryWatch.Listener, AutoCloseable {
    private static final Duration CREATED_WITHIN = Duration.ofSeconds(5);
    private static final Duration SILENCE_UNTIL_ASKED = Duration.ofSeconds(15);
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);

    private final ControlContext context;
    private final Owner owner;
    private final LoopScope scope;
    private RegistryWatch watch;
    private boolean created;
    private long lastHeardNanos;

    WatchSession(ControlContext context, Owner owner) {
        this.context = context;
        this.owner = owner;
        this.scope = new LoopScope(context.loop());
    }

    void open(long fromRevision) {
        scope.schedule(CREATED_WITHIN, () -> {
            if (!created) {
                die(new IllegalStateException("not accepted within " + CREATED_WITHIN.toSeconds() + " s"));
            }
        });
        watch = context.registry().watch(fromRevision, this);
    }

    @Override
    public void onCreated(long storeRevision) {
        heard(() -> {
            created = true;
            scope.schedule(SILENCE_UNTIL_ASKED, this::checkSilence);
            owner.onCreated(storeRevision);
        });
    }

    @Override
    public void onEvents(List<RegistryEvent> events) {
        heard(() -> owner.onEvents(events));
    }

    @Override
    public void onProgress() {
        heard(owner::onAlive);
    }

    @Override
    public void onEnd(Throwable cause) {
        scope.execute(() -> die(cause));
    }

    private void heard(Runnable task) {
        scope.execute(() -> {
            lastHeardNanos = context.loop().nanoTime();
            task.run();
        });
    }

    private void checkSilence() {
        Duration silence = Duration.ofNanos(context.loop().nanoTime() - lastHeardNanos);
        if (silence.compareTo(SILENCE_UNTIL_ASKED) < 0) {
            scope.schedule(SILENCE_UNTIL_ASKED.minus(silence), this::checkSilence);
            return;
        }
        long askedNanos = context.loop().nanoTime();
        scope.schedule(ANSWERED_WITHIN, () -> checkAnswer(askedNanos));
        watch.requestProgress();
    }

    private void checkAnswer(long askedNanos) {
        if (lastHeardNanos - askedNanos < 0) {
            Duration silence = Duration.ofNanos(context.loop().nanoTime() - lastHeardNanos);
            die(new IllegalStateException("silent for " + silence.toSeconds() + " s"));
        } else {
            checkSilence();
        }
    }

    private void die(Throwable cause) {
        close();
        owner.onDead(cause);
    }

    /** On the loop, and so never inside a call of the watch. */
    @Override
    public void close() {
        scope.close();
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    /** Hears of the watch, on the control loop, until the session is closed or dead. */
    interface Owner {
        void onCreated(long storeRevision);

        void onEvents(List<RegistryEvent> events);

        /** The store answered a question for a sign of life. */
        void onAlive();

        /** The session is closed, and why. */
        void onDead(Throwable cause);
    }
}
