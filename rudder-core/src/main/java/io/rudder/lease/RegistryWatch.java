package io.rudder.lease;

import java.util.List;

/**
 * A running watch of the registry. It never resumes by itself: when its listener hears {@link Listener#onEnd}, it is
 * over and the owner starts another one.
 */
public interface RegistryWatch extends AutoCloseable {
    /** Asks for a sign of life, answered with {@link Listener#onProgress}. */
    void requestProgress();

    /** Ends the watch; the listener may still hear what was under way. Not to be called from the listener. */
    @Override
    void close();

    /** Hears of a watch. Calls come one at a time, in order, on changing threads: hand them over and return. */
    interface Listener {
        /** The store accepted the watch. */
        void onCreated(long storeRevision);

        /** Changes, in the order of their revisions; never a part of one revision only. */
        void onEvents(List<RegistryEvent> events);

        /** The store is alive. A source of no revision to resume from. */
        void onProgress();

        /**
         * The watch ended; called once.
         *
         * @param cause why; a {@link CompactedException} if the revision to start from is gone from the store
         */
        void onEnd(Throwable cause);
    }

    /** The watched revision was compacted away: only a new list tells what happened since. */
    final class CompactedException extends Exception {
        private static final long serialVersionUID = 1;

        public CompactedException(long compactRevision) {
            super("compacted up to revision " + compactRevision);
        }
    }
}
