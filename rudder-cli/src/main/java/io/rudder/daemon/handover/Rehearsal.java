package io.rudder.daemon.handover;

import io.netty.channel.EventLoopGroup;
import io.rudder.netty.testing.LocalTun;
import io.rudder.netty.tun.Tun;
import io.rudder.netty.tunnel.Tunnel;
import io.rudder.netty.tunnel.TunnelBootstrap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes a tunnel that leads nowhere. Loading classes and native code takes a young process longer than all the
 * rest, and is better done while another one still carries the packets.
 */
final class Rehearsal {
    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
    private static final long LIMIT_SECONDS = 2;

    private Rehearsal() {}

    /** Does it; what goes wrong here is of no importance. */
    static void run(EventLoopGroup group) {
        if (!Tun.isAvailable()) {
            return;
        }
        try (LocalTun device = new LocalTun("rehearsal")) {
            Tunnel tunnel = new TunnelBootstrap()
                    .group(group)
                    .tunName("rehearsal")
                    .underlay(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .device(device::channel)
                    .open()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            tunnel.close().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.debug("rehearsal: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
