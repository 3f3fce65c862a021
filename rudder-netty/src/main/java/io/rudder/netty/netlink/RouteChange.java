package io.rudder.netty.netlink;

import io.rudder.net.Ipv4Prefix;

/** A change of the host's network configuration. */
public sealed interface RouteChange {
    /** Whether the thing is gone; otherwise it is new or has changed. */
    boolean gone();

    /**
     * A network interface.
     *
     * @param index the kernel's number of it, from 1
     * @param name its name; empty if the message has none
     * @param mtuBytes the largest packet that it takes; 0 if the message does not say
     * @param up whether an operator has set it up
     */
    record Link(boolean gone, int index, String name, int mtuBytes, boolean up) implements RouteChange {}

    /**
     * An IPv4 address of an interface.
     *
     * @param index the interface's number
     * @param address the interface's own address
     * @param length the prefix length of the network that comes with it, 0 to 32
     */
    record Address(boolean gone, int index, int address, int length) implements RouteChange {}

    /**
     * An IPv4 route of any table.
     *
     * @param index the number of the interface that packets leave by; 0 if the message names none
     * @param destination where packets go
     */
    record Route(boolean gone, int index, Ipv4Prefix destination) implements RouteChange {}
}
