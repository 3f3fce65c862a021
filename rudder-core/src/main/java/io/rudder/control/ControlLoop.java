package io.rudder.control;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * One thread with a clock. What runs on it needs no locks, and sees time only through it, so that a simulation can run
 * the same code against a virtual clock.
 */
public interface ControlLoop extends Executor {
    /** Monotonic nanoseconds; only differences have a meaning. */
    long nanoTime();

    /** The wall clock: for people, and to notice that it jumped. On any thread. */
    Instant wallTime();

    /** Runs a task on the loop after a delay. */
    Timer schedule(Duration delay, Runnable task);

    /** Whether the caller is on the loop. */
    boolean inLoop();

    /** A task to come. */
    interface Timer {
        /** Keeps the task from running, if it has not run yet. To be called on the loop. */
        void cancel();
    }
}
