package io.rudder.netty.tun;

import io.rudder.net.Ipv4Prefix;
import io.rudder.netty.linux.NetworkDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the host knows about the interface of a bound {@link TunChannel}: state, address and routes. Each call is a few
 * system calls in the network namespace of the calling thread, and needs CAP_NET_ADMIN; each fails with one line that
 * says why. For everything else there is {@code ip}.
 */
public final class TunInterface {
    private static final Path SETTINGS = Path.of("/proc/sys/net/ipv4/conf");

    private final String name;
    private final NetworkDevice device;

    /** The interface of an address, such as {@link TunChannel#localAddress()}. */
    public TunInterface(TunAddress address) {
        name = address.name();
        device = new NetworkDevice(name);
    }

    /** Sets the MTU in bytes, 68 to 65535. */
    public TunInterface mtu(int bytes) throws IOException {
        device.mtu(bytes);
        return this;
    }

    /**
     * Gives the interface an IPv4 address in place of the one that it had.
     *
     * @param ipv4 in network byte order, see {@link io.rudder.net.Ipv4}
     * @param prefixLength how many bits of it are the network's, 1 to 32: with 32 nothing is routed to the interface yet
     */
    public TunInterface address(int ipv4, int prefixLength) throws IOException {
        device.address(ipv4, prefixLength);
        return this;
    }

    /** Turns the interface on: packets flow. */
    public TunInterface up() throws IOException {
        device.up();
        return this;
    }

    /** Sends what goes to a network to the interface, which must be up. */
    public TunInterface route(Ipv4Prefix destination) throws IOException {
        device.route(destination);
        return this;
    }

    /**
     * Lets programs on the host hear ICMP errors whose source is the interface's own address, which the kernel otherwise
     * drops (ip-sysctl, accept_local).
     */
    public TunInterface acceptOwnSource() throws IOException {
        Files.writeString(SETTINGS.resolve(name).resolve("accept_local"), "1");
        return this;
    }
}
