package io.rudder.etcd;

import io.rudder.control.ControlLoop;
import io.rudder.lease.LeaseRegistry;
import io.rudder.lease.source.LeaseSource;

/**
 * Configuration and leases in etcd. Needs {@code io.etcd:jetcd-core} on the class path, whose client has threads of its
 * own.
 */
public final class EtcdLeases implements LeaseSource {
    private final EtcdOptions options;

    /** A source; it connects when it is opened. */
    public EtcdLeases(EtcdOptions options) {
        this.options = options;
    }

    @Override
    public LeaseRegistry open(ControlLoop loop) {
        return new EtcdLeaseRegistry(options);
    }
}
