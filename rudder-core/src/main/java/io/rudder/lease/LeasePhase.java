package io.rudder.lease;

/** What a host does about its lease: one thing at a time, ended before the next one. Owned by the control loop. */
interface LeasePhase extends AutoCloseable {
    /** Nothing. */
    LeasePhase NONE = () -> {};

    /** Looks at once whether the lease is still the host's, if one is held. */
    default void verify() {}

    /** Ends it; nothing is heard of it any more. */
    @Override
    void close();
}
