package io.rudder.node;

import io.rudder.config.InvalidConfigException;
import io.rudder.config.NetworkConfig;
import io.rudder.config.NetworkConfigReader;
import io.rudder.control.Backoff;
import io.rudder.control.LogThrottle;
import io.rudder.control.LoopScope;
import io.rudder.lease.ControlContext;
import io.rudder.lease.RegistrySnapshot;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the registry, as long as it takes, and reads the network configuration. Owned by the control loop. */
final class ConfigWait implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConfigWait.class);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int FAILURES_UNTIL_RECONNECT = 4;

    private final ControlContext context;
    private final String configKey;
    private final Listener listener;
    private final LoopScope scope;
    private final Backoff backoff;
    private final LogThrottle failureLog;
    private volatile Optional<String> lastError = Optional.empty();

    ConfigWait(ControlContext context, String configKey, Listener listener) {
        this.context = context;
        this.configKey = configKey;
        this.listener = listener;
        this.scope = new LoopScope(context.loop());
        this.backoff = new Backoff(FIRST_WAIT, context.random());
        this.failureLog = new LogThrottle(context.loop());
    }

    void start() {
        scope.schedule(PATIENCE, listener::onNoAnswer);
        list();
    }

    private void list() {
        scope.await(context.registry().list(), this::read, this::retry);
    }

    /** Why there is no answer yet. On any thread. */
    Optional<String> lastError() {
        return lastError;
    }

    private void retry(Throwable failure) {
        lastError = Optional.of(failure.getMessage());
        listener.onNoAnswer();
        if (scope.isClosed()) {
            return;
        }
        if (failureLog.permits()) {
            log.warn("waiting for etcd: {}", failure.getMessage());
        }
        Duration delay = backoff.next();
        if (backoff.failures() % FAILURES_UNTIL_RECONNECT == 0) {
            context.registry().reconnect();
        }
        scope.schedule(delay, this::list);
    }

    private void read(RegistrySnapshot snapshot) {
        Optional<String> text = snapshot.config();
        if (text.isEmpty()) {
            listener.onUnusable("no network configuration at " + configKey + " in etcd, put one: etcdctl put "
                    + configKey + " '{\"Network\":\"10.0.0.0/16\"}'");
            return;
        }
        try {
            NetworkConfig config = NetworkConfigReader.read(
                    text.get(), warning -> log.warn("network configuration at {}: {}", configKey, warning));
            listener.onConfig(text.get(), config);
        } catch (InvalidConfigException invalid) {
            listener.onUnusable("network configuration at " + configKey + " in etcd: " + invalid.getMessage());
        }
    }

    @Override
    public void close() {
        scope.close();
    }

    /** Hears how it ended, once. */
    interface Listener {
        /** The registry has not answered in good time, and is waited for; may be told several times. */
        void onNoAnswer();

        void onConfig(String text, NetworkConfig config);

        /** There is none, or one that cannot be used; the message is one line. */
        void onUnusable(String message);
    }
}
