package io.rudder.netty.tun;

import java.net.SocketAddress;
import java.util.Objects;

/** The name of a TUN interface, which is what a {@link TunChannel} binds to. */
public final class TunAddress extends SocketAddress {
    private static final long serialVersionUID = 1;
    private static final int MAX_LENGTH = 15;

    private final String name;

    /**
     * A name.
     *
     * @param name 1 to 15 characters without {@code /} and white space; a {@code %d} in it stands for the first free
     *     number
     * @throws IllegalArgumentException if the kernel would not take the name
     */
    public TunAddress(String name) {
        if (!name.matches("[^\\s/]{1," + MAX_LENGTH + "}") || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("'" + name + "' is not an interface name (1 to " + MAX_LENGTH
                    + " characters without '/' and white space)");
        }
        this.name = name;
    }

    /** The interface's name. */
    public String name() {
        return name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TunAddress address && address.name.equals(name);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
