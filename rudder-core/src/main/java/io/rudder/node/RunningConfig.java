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
    private final NetworkConfig running;
    private Optional<String> lastText;
    private volatile ConfigStatus status;

    RunningConfig(String configKey, String text, NetworkConfig running) {
        this.configKey = configKey;
        this.running = running;
        this.lastText = Optional.of(text);
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

    /** Notes what the registry has; each change is told once. */
    void see(Optional<String> text) {
        if (text.equals(lastText)) {
            return;
        }
        lastText = text;
        if (text.isEmpty()) {
            log.warn("network configuration at {} was deleted: going on with {}", configKey, running);
            note(false, Optional.of("the key was deleted"));
        } else {
            compare(text.get());
        }
    }

    private void compare(String text) {
        try {
            NetworkConfig changed = NetworkConfigReader.read(
                    text, warning -> log.warn("network configuration at {}: {}", configKey, warning));
            note(!changed.equals(running), Optional.empty());
            if (changed.equals(running)) {
                log.info("network configuration at {} says again what is running: {}", configKey, running);
            } else {
                log.warn(
                        "network configuration at {} changed to {}: it applies at the next restart, until then {}",
                        configKey,
                        changed,
                        running);
            }
        } catch (InvalidConfigException invalid) {
            note(false, Optional.of(invalid.getMessage()));
            log.warn(
                    "network configuration at {} became unusable, going on with {}: {}",
                    configKey,
                    running,
                    invalid.getMessage());
        }
    }
}
