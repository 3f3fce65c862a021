package io.rudder.netty.tun;

import io.netty.channel.epoll.Epoll;
import io.rudder.netty.linux.TunDevice;
import java.io.IOException;

/** Tells whether {@link TunChannel} can work in this process. */
public final class Tun {
    private Tun() {}

    /** Whether {@link #unavailabilityCause} is null. */
    public static boolean isAvailable() {
        return unavailabilityCause() == null;
    }

    /** Why TUN devices cannot be used here, with what would do; null if they can. Asks the kernel at each call. */
    public static Throwable unavailabilityCause() {
        if (!Epoll.isAvailable()) {
            return Epoll.unavailabilityCause();
        }
        try {
            TunDevice.open().descriptor().close();
            return null;
        } catch (IOException | LinkageError e) {
            return e;
        }
    }
}
