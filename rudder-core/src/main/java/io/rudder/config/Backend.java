package io.rudder.config;

import java.util.Locale;

/**
 * How packets travel between the hosts.
 *
 * @param type the kind of data path
 * @param port the UDP port on every host, 1 to 65535
 */
public record Backend(Type type, int port) {
    /** The port of flannel's {@code udp} backend. */
    public static final int DEFAULT_PORT = 8285;

    /** The highest UDP port. */
    public static final int MAX_PORT = 65535;

    /** {@code {"Type":"udp","Port":8285}}. */
    public static final Backend DEFAULT = new Backend(Type.UDP, DEFAULT_PORT);

    /** @throws IllegalArgumentException if the port is out of range */
    public Backend {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and " + MAX_PORT);
        }
    }

    /** The kinds that a configuration may name. */
    public enum Type {
        /** IP packets in UDP datagrams through a TUN device. */
        UDP,
        /** A subnet is leased, packets are somebody else's concern. */
        ALLOC;

        /** The name in the configuration: {@code udp}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
