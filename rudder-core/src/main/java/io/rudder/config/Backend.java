package io.rudder.config;

/**
 * How packets travel between the hosts.
 *
 * @param type the kind of data path
 * @param port the UDP port on every host, 1 to 65535
 */
public record Backend(Type type, int port) {
    /** The port of flannel's {@code udp} backend. */
    public static final int DEFAULT_PORT = 8285;

    /** {@code {"Type":"udp","Port":8285}}. */
    public static final Backend DEFAULT = new Backend(Type.UDP, DEFAULT_PORT);

    /** The kinds that a configuration may name. */
    public enum Type {
        /** IP packets in UDP datagrams through a TUN device. */
        UDP,
        /** A subnet is leased, packets are somebody else's concern. */
        ALLOC
    }
}
