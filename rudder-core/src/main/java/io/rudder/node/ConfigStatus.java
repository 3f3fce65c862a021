package io.rudder.node;

import io.rudder.config.NetworkConfig;
import java.util.Optional;

/**
 * The network configuration, at one moment. Immutable, for any thread.
 *
 * @param running what the node runs with; empty before it has any
 * @param text the text in the registry as last seen; empty if there is none
 * @param pending whether the registry says something that applies at the next restart only
 * @param problem one line on why the registry's configuration cannot be used; empty if it can
 */
public record ConfigStatus(
        Optional<NetworkConfig> running, Optional<String> text, boolean pending, Optional<String> problem) {
    static final ConfigStatus UNKNOWN = new ConfigStatus(Optional.empty(), Optional.empty(), false, Optional.empty());
}
