package io.rudder.control;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control loop of a running node: one daemon thread. A task that throws is logged and the loop goes on. After
 * {@link #close} tasks are dropped without a word, because late answers of the registry still hop here.
 */
public final class ControlThread implements ControlLoop, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlThread.class);
    private static final String THREAD_NAME = "rudder-control";

    private final ScheduledThreadPoolExecutor executor;
    private volatile Thread thread;

    /** The thread starts with the first task. */
    public ControlThread() {
        executor = new ScheduledThreadPoolExecutor(1, this::newThread);
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private Thread newThread(Runnable worker) {
        Thread created = new Thread(worker, THREAD_NAME);
        created.setDaemon(true);
        thread = created;
        return created;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return Instant.now();
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
        schedule(Duration.ZERO, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        try {
            ScheduledFuture<?> future = executor.schedule(() -> runLogged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    private static void runLogged(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("a task on the control loop failed; the loop goes on", e);
        }
    }

    /** Ends the thread after the task that is running; what is still to come is dropped. On any thread. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
