package io.rudder.peer;

import io.rudder.control.Backoff;
import io.rudder.control.LoopScope;
import io.rudder.lease.ControlContext;
import io.rudder.lease.LeaseRegistry.Head;
import java.time.Duration;
import java.util.Optional;

/**
 * Compares what was heard of the registry with the registry itself, now and then: watches have been seen to lose
 * events, and fall silent when a store is restored from a backup. One difference may be a change under way; the same
 * kind twice is not. Owned by the control loop.
 */
final class RegistryAudit implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(60);
    private static final double JITTER = 0.2;
    private static final Duration SECOND_LOOK_AFTER = Duration.ofSeconds(2);

    private final ControlContext context;
    private final Mirror mirror;
    private final LoopScope scope;
    private boolean mismatchSeen;
    private boolean looking;

    RegistryAudit(ControlContext context, Mirror mirror) {
        this.context = context;
        this.mirror = mirror;
        this.scope = new LoopScope(context.loop());
    }

    void start() {
        scope.schedule(Backoff.jitter(INTERVAL, JITTER, context.random()), () -> {
            look();
            start();
        });
    }

    /** Looks at once. */
    void look() {
        if (!looking) {
            looking = true;
            scope.await(context.registry().head(), this::compare, failure -> looking = false);
        }
    }

    private void compare(Head head) {
        looking = false;
        Optional<String> mismatch = mirror.mismatch(head);
        if (mismatch.isEmpty()) {
            mismatchSeen = false;
        } else if (mismatchSeen) {
            mismatchSeen = false;
            mirror.onMismatch(mismatch.get());
        } else {
            mismatchSeen = true;
            scope.schedule(SECOND_LOOK_AFTER, this::look);
        }
    }

    /** Forgets a first mismatch: there is a new list. */
    void reset() {
        mismatchSeen = false;
    }

    @Override
    public void close() {
        scope.close();
    }

    /** What is compared. */
    interface Mirror {
        /** How the registry differs from what was heard of it; empty if it does not, or if nothing can be said now. */
        Optional<String> mismatch(Head head);

        /** It differed twice. */
        void onMismatch(String difference);
    }
}
