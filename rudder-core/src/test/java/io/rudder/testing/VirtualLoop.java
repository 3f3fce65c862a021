package io.rudder.testing;

import io.rudder.control.ControlLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * A control loop whose clock only moves when a test says so: hours pass in no time, and the same tasks always run in
 * the same order. A task that throws ends the test.
 */
public final class VirtualLoop implements ControlLoop {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long nowNanos;
    private Duration wallJump = Duration.ZERO;
    private long nextNumber;
    private int cancelled;
    private boolean running;

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public Instant wallTime() {
        return START.plusNanos(nowNanos).plus(wallJump);
    }

    /** Moves the wall clock against the monotonic one, as a suspended host does. */
    public void jumpWallClock(Duration by) {
        wallJump = wallJump.plus(by);
    }

    @Override
    public boolean inLoop() {
        return running;
    }

    @Override
    public void execute(Runnable task) {
        schedule(Duration.ZERO, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable work) {
        Task task = new Task(nowNanos + Math.max(0, delay.toNanos()), nextNumber++, work);
        tasks.add(task);
        return task;
    }

    /** Lets time pass, and runs what falls due. */
    public void run(Duration duration) {
        long end = nowNanos + duration.toNanos();
        while (!tasks.isEmpty() && tasks.peek().atNanos <= end) {
            runNext();
        }
        nowNanos = end;
    }

    /** Lets time pass until a condition holds; fails when a limit is over first. */
    public void runUntil(BooleanSupplier condition, Duration limit) {
        long end = nowNanos + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (tasks.isEmpty() || tasks.peek().atNanos > end) {
                throw new AssertionError("the condition did not come true within " + limit);
            }
            runNext();
        }
    }

    /** How many timers are pending. */
    public int pending() {
        return tasks.size() - cancelled;
    }

    private void runNext() {
        Task task = tasks.remove();
        nowNanos = task.atNanos;
        if (task.work == null) {
            cancelled--;
            return;
        }
        running = true;
        try {
            task.take().run();
        } finally {
            running = false;
        }
    }

    /** A cancelled one stays in the queue without its work: taking it out would mean to search for it. */
    private final class Task implements Timer, Comparable<Task> {
        private final long atNanos;
        private final long number;
        // Null once it is cancelled.
        private Runnable work;
        private boolean done;

        Task(long atNanos, long number, Runnable work) {
            this.atNanos = atNanos;
            this.number = number;
            this.work = work;
        }

        Runnable take() {
            done = true;
            return work;
        }

        @Override
        public void cancel() {
            if (work != null && !done) {
                cancelled++;
                work = null;
            }
        }

        @Override
        public int compareTo(Task other) {
            return atNanos != other.atNanos ? Long.compare(atNanos, other.atNanos) : Long.compare(number, other.number);
        }
    }
}
