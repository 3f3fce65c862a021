package io.rudder.daemon;

import io.rudder.lease.LeaseRegistry;
import io.rudder.netty.tunnel.Tunnel;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a command may use of the running daemon. On any thread.
 *
 * @param settings what the operator decided
 * @param status makes the status
 * @param registry where configuration and leases are
 * @param tunnel the data path, once it is open
 */
public record NodeAccess(
        DaemonSettings settings, StatusSource status, LeaseRegistry registry, Supplier<Optional<Tunnel>> tunnel) {}
