package io.rudder.node;

import io.rudder.config.InvalidConfigException;
import io.rudder.config.NetworkConfig;
import io.rudder.config.NetworkConfigReader;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration that a node runs with, held against what the registry says later. A node never drops it while it
 * runs: whoever deletes or breaks the key by mistake must not take the overlay down. Owned by the control loop.
 */
final class RunningConfig {
    private static final Logger log = LoggerFactory.getLogger(RunningConfig.class);

    private final String configKey;
    private NetworkConfig running;
    private Optional<String> lastText;
    private volatile ConfigStatus status;

    /** @param text what the registry says; empty if that is not known */
    RunningConfig(String configKey, Optional<String> text, NetworkConfig running) {
        this.configKey = configKey;
        this.running = running;
        this.lastText = text;
        note(false, Optional.empty());
    }

    NetworkConfig get() {
        return running;
    }

    /** The running configuration beside that of the registry. On any thread. */
    ConfigStatus status() {
        return status;
    }

    private void note(boolean pending, Optional<String> problem) {
        status = new ConfigStatus(Optional.of(running), lastText, pending, problem);
    }

    /**
     * Notes what the registry has; each change is told once.
     *
     * @return whether {@link #get} is another one now: one that can be had without a restart
     */
    boolean see(Optional<String> text) {
        if (text.equals(lastText)) {
            return false;
        }
        lastText = text;
        if (text.isEmpty()) {
            log.warn("network configuration at {} was deleted: going on with {}", configKey, running);
            note(false, Optional.of("the key was deleted"));
            return false;
        }
        return compare(text.get());
    }

    private boolean compare(String text) {
        try {
            NetworkConfig changed = NetworkConfigReader.read(
                    text, warning -> log.warn("network configuration at {}: {}", configKey, warning));
            return take(changed);
        } catch (InvalidConfigException invalid) {
            note(false, Optional.of(invalid.getMessage()));
            log.warn(
                    "network configuration at {} became unusable, going on with {}: {}",
                    configKey,
                    running,
                    invalid.getMessage());
            return false;
        }
    }

    private boolean take(NetworkConfig changed) {
        if (changed.equals(running)) {
            log.info("network configuration at {} says again what is running: {}", configKey, running);
        } else if (changed.isCompatibleWith(running)) {
            log.info("network configuration at {} changed to {}: taken", configKey, changed);
            running = changed;
            note(false, Optional.empty());
            return true;
        } else {
            log.warn(
                    "network configuration at {} changed to {}: it applies at the next restart, until then {}",
                    configKey,
                    changed,
                    running);
        }
        note(!changed.equals(running), Optional.empty());
        return false;
    }
}
