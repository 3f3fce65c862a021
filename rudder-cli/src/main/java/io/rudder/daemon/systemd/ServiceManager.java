package io.rudder.daemon.systemd;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.rudder.daemon.admin.LoopPulse;
import java.util.Map;
import java.util.concurrent.Executor;

/** The daemon's side of what it has with the service manager that started it: state, and a watchdog to feed. */
public final class ServiceManager {
    private final SystemdNotifier notifier;
    private final LoopPulse pulse = new LoopPulse(System::nanoTime);

    private ServiceManager(SystemdNotifier notifier) {
        this.notifier = notifier;
    }

    /**
     * Finds the service manager, and feeds its watchdog from now on.
     *
     * @param group of Netty's epoll transport; carries no packets
     */
    public static ServiceManager open(EventLoopGroup group, Map<String, String> environment) {
        ServiceManager manager = new ServiceManager(SystemdNotifier.open(group, environment));
        if (manager.notifier.isConnected()) {
            long pid = ProcessHandle.current().pid();
            Watchdog.limit(environment, pid)
                    .ifPresent(limit -> Watchdog.start(group.next(), manager.pulse, manager.notifier, limit));
        }
        return manager;
    }

    /** What is told, and how. */
    public SystemdNotifier notifier() {
        return notifier;
    }

    /** The loops that must turn. */
    public LoopPulse pulse() {
        return pulse;
    }

    /** The watchdog is only fed while this loop turns. */
    public void watch(String name, Executor loop) {
        pulse.watch(name, loop);
    }

    /** The watchdog is only fed while all loops of this group turn. */
    public void watchAll(String name, EventLoopGroup group) {
        int number = 0;
        for (EventExecutor loop : group) {
            watch(name + "-" + number, loop);
            number++;
        }
    }
}
