package io.rudder.lease;

import io.rudder.control.LoopScope;
import java.time.Duration;

/** No lease can be had before an operator acts: one is asked for again after a while. Owned by the control loop. */
final class LeaseWait implements LeasePhase {
    private static final Duration LENGTH = Duration.ofSeconds(30);

    private final LoopScope scope;

    LeaseWait(ControlContext context, Runnable next) {
        scope = new LoopScope(context.loop());
        scope.schedule(LENGTH, next);
    }

    @Override
    public void close() {
        scope.close();
    }
}
