package io.rudder.daemon;

import io.rudder.daemon.host.HostException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was done and how to undo it, in reverse order. On the daemon's thread. */
final class Phases {
    private static final Logger log = LoggerFactory.getLogger(Phases.class);

    private final Deque<Phase> done = new ArrayDeque<>();

    /** Remembers how to undo what is about to be done, or was: an undo bears that there is nothing to undo. */
    void onUndo(String name, Undo undo) {
        done.push(new Phase(name, undo));
    }

    /** Undoes everything, the latest first; what fails is logged, and the others are undone all the same. */
    void undoAll() {
        while (!done.isEmpty()) {
            Phase phase = done.pop();
            try {
                phase.undo.run();
            } catch (HostException e) {
                log.warn("could not undo {}: {}", phase.name, e.getMessage());
            } catch (Exception e) {
                log.warn("could not undo {}", phase.name, e);
            }
        }
    }

    /** Takes back what a phase did. */
    interface Undo {
        void run() throws Exception;
    }

    private record Phase(String name, Undo undo) {}
}
