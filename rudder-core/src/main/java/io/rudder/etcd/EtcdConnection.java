package io.rudder.etcd;

import io.etcd.jetcd.Client;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client, and the thread that owns it: whatever may take its time, such as loading classes, reading certificates and
 * closing connections, happens there and holds up no caller.
 */
final class EtcdConnection implements Executor, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EtcdConnection.class);
    private static final Duration ROTATION_CHECK_INTERVAL = Duration.ofSeconds(10);

    private final EtcdOptions options;
    private final EtcdFailures failures;
    private final ScheduledExecutorService thread = new ScheduledThreadPoolExecutor(
            1, EtcdConnection::newThread, new ScheduledThreadPoolExecutor.AbortPolicy());

    /** Owned by the thread; null until the first call, and while the certificate files cannot be used. */
    private Client client;

    /** Owned by the thread: what the certificate files held when they were last read. */
    private String filesRead = "";

    EtcdConnection(EtcdOptions options, EtcdFailures failures) {
        this.options = options;
        this.failures = failures;
        if (options.tls().isGiven()) {
            long millis = ROTATION_CHECK_INTERVAL.toMillis();
            thread.scheduleWithFixedDelay(this::followRotation, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Makes a call with a deadline; failures are in an operator's words, with the call named. */
    <T> CompletableFuture<T> call(String name, Function<Client, CompletableFuture<T>> start) {
        CompletableFuture<T> result = new CompletableFuture<>();
        authenticated(name, start)
                // gRPC's own deadline comes first; this one holds also when jetcd drops a call, as in closing
                .orTimeout(CallDeadlines.WRITE.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(failures.of(name, failure));
                    }
                });
        return result;
    }

    /** A login may have run out, and was refused without effect: jetcd logs in anew for the second try. */
    private <T> CompletableFuture<T> authenticated(String name, Function<Client, CompletableFuture<T>> start) {
        Supplier<CompletableFuture<T>> attempt =
                () -> onThread(name, () -> start.apply(client())).thenCompose(answer -> answer);
        return attempt.get()
                .exceptionallyCompose(failure ->
                        EtcdFailures.isStaleLogin(failure) ? attempt.get() : CompletableFuture.failedFuture(failure));
    }

    /** The client, on the thread. */
    Client client() {
        if (client == null) {
            filesRead = options.tls().digest();
            client = EtcdClients.open(options);
        }
        return client;
    }

    /** Runs a task on the thread. */
    <T> CompletableFuture<T> onThread(String call, Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(task, thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(failures.unavailable(call, "the registry is closed"));
        }
    }

    /** Runs a task on the thread, unless it is closed, and with it whatever the task is about. */
    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    /** Throws the client away; the next call makes a new one. */
    void reconnect() {
        execute(this::closeClient);
    }

    /** Does in time what would otherwise come as a surprise, at the next interruption. */
    private void followRotation() {
        String now = options.tls().digest();
        if (client == null || now.equals(filesRead)) {
            return;
        }
        filesRead = now;
        try {
            options.tls().check();
            log.info("the certificate files for etcd have changed: connecting again");
            closeClient();
        } catch (IllegalArgumentException unusable) {
            log.warn("the certificate files for etcd have changed and are of no use: {}", unusable.getMessage());
        }
    }

    private void closeClient() {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    @Override
    public void close() {
        execute(this::closeClient);
        thread.shutdown();
    }

    private static Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "rudder-etcd");
        thread.setDaemon(true);
        return thread;
    }
}
