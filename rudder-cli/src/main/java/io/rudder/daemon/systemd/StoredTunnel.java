package io.rudder.daemon.systemd;

import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.tunnel.TunnelDescriptors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tunnel's descriptors in the service manager's store (systemd.service(5), FileDescriptorStoreMax): as long as the
 * unit is not stopped for good, device and socket outlive the daemon, also one that was killed, and the next one is
 * started with them (sd_listen_fds(3)).
 */
public final class StoredTunnel {
    private static final Logger log = LoggerFactory.getLogger(StoredTunnel.class);
    private static final int FIRST_DESCRIPTOR = 3;
    private static final String DEVICES = "rudder-device";
    private static final String SOCKETS = "rudder-socket";

    private final SystemdNotifier notifier;
    private boolean used;

    public StoredTunnel(SystemdNotifier notifier) {
        this.notifier = notifier;
    }

    /** What an earlier daemon left for this process; empty if there is none, or no device among it. */
    public static Optional<TunnelDescriptors> inherited(Map<String, String> environment, long pid) {
        if (!environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(pid))) {
            return Optional.empty();
        }
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":");
        List<FileDescriptor> devices = new ArrayList<>();
        List<FileDescriptor> sockets = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(DEVICES)) {
                devices.add(new FileDescriptor(FIRST_DESCRIPTOR + i));
            } else if (names[i].equals(SOCKETS)) {
                sockets.add(new FileDescriptor(FIRST_DESCRIPTOR + i));
            }
        }
        return devices.isEmpty() ? Optional.empty() : Optional.of(new TunnelDescriptors(devices, sockets));
    }

    /** Leaves a tunnel's descriptors there, in place of what was there before. */
    public void keep(TunnelDescriptors tunnel) {
        discard();
        try {
            notifier.store(DEVICES, tunnel.devices());
            notifier.store(SOCKETS, tunnel.sockets());
            used = true;
        } catch (IOException e) {
            log.warn("the service manager does not keep the tunnel: {}", e.getMessage());
        }
    }

    /** Whether a tunnel is there. */
    public boolean isUsed() {
        return used;
    }

    /** Lets go of what is there. */
    public void discard() {
        notifier.discard(DEVICES);
        notifier.discard(SOCKETS);
        used = false;
    }
}
