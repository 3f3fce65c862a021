package io.rudder.daemon.host;

import io.rudder.net.Ipv4;
import io.rudder.netty.linux.NetworkDevice;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A network interface of this host at one moment.
 *
 * @param name its name
 * @param addresses its IPv4 addresses, the primary one first
 * @param mtuBytes the largest IP packet that it takes
 * @param up whether an operator has set it up
 */
record HostInterface(String name, List<Address> addresses, int mtuBytes, boolean up) {

    /** An address and the prefix length of its network. */
    record Address(int address, int length) {
        @Override
        public String toString() {
            return Ipv4.format(address) + "/" + length;
        }
    }

    /** All interfaces that have an address at this moment. */
    static List<HostInterface> readAll() throws HostException {
        try {
            return NetworkInterface.networkInterfaces().map(HostInterface::of).toList();
        } catch (SocketException e) {
            throw new HostException("could not list the network interfaces: " + e.getMessage(), e);
        }
    }

    /** One interface at this moment, by its name. */
    static Optional<HostInterface> read(String name) throws HostException {
        try {
            NetworkInterface addressed = NetworkInterface.getByName(name);
            return addressed == null ? withoutAddress(name) : Optional.of(of(addressed));
        } catch (IOException e) {
            throw new HostException("could not look at interface " + name + ": " + e.getMessage(), e);
        }
    }

    /** The JDK knows no interface that has no address. */
    private static Optional<HostInterface> withoutAddress(String name) throws IOException {
        NetworkDevice device = new NetworkDevice(name);
        return device.isPresent()
                ? Optional.of(new HostInterface(name, List.of(), device.mtu(), device.isUp()))
                : Optional.empty();
    }

    private static HostInterface of(NetworkInterface source) {
        List<Address> addresses = source.getInterfaceAddresses().stream()
                .filter(candidate -> candidate.getAddress() instanceof Inet4Address)
                .map(HostInterface::address)
                .collect(Collectors.toCollection(ArrayList::new));
        // The kernel lists the primary address first; the JDK puts each address that it reads before the others.
        Collections.reverse(addresses);
        return new HostInterface(source.getName(), addresses, mtuOf(source), isUp(source));
    }

    private static Address address(InterfaceAddress source) {
        return new Address(Ipv4.of((Inet4Address) source.getAddress()), source.getNetworkPrefixLength());
    }

    private static int mtuOf(NetworkInterface source) {
        try {
            return source.getMTU();
        } catch (SocketException e) {
            // Gone since it was listed.
            return 0;
        }
    }

    private static boolean isUp(NetworkInterface source) {
        try {
            return source.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    boolean has(int address) {
        return addresses.stream().anyMatch(candidate -> candidate.address() == address);
    }

    /** {@code eth0 (192.0.2.2)}. */
    @Override
    public String toString() {
        String list = addresses.stream()
                .map(candidate -> Ipv4.format(candidate.address()))
                .collect(Collectors.joining(", "));
        return name + " (" + (list.isEmpty() ? "no IPv4 address" : list) + ")";
    }
}
