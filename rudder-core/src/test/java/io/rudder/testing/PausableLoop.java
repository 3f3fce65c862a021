package io.rudder.testing;

import io.rudder.control.ControlLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** One process's share of a loop, which can be stopped as by SIGSTOP: what falls due meanwhile runs when it goes on. */
public final class PausableLoop implements ControlLoop {
    private final VirtualLoop loop;
    private final Deque<Runnable> missed = new ArrayDeque<>();
    private final Runnable beforeEach;
    private boolean paused;

    public PausableLoop(VirtualLoop loop) {
        this(loop, () -> {});
    }

    /** @param beforeEach runs before each task, so that somebody can tell whose turn it is */
    public PausableLoop(VirtualLoop loop, Runnable beforeEach) {
        this.loop = loop;
        this.beforeEach = beforeEach;
    }

    public void pause() {
        paused = true;
    }

    public void goOn() {
        paused = false;
        while (!missed.isEmpty()) {
            execute(missed.remove());
        }
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return loop.wallTime();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return loop.schedule(delay, () -> {
            if (paused) {
                missed.add(task);
            } else {
                beforeEach.run();
                task.run();
            }
        });
    }

    @Override
    public boolean inLoop() {
        return loop.inLoop();
    }

    @Override
    public void execute(Runnable task) {
        schedule(Duration.ZERO, task);
    }
}
