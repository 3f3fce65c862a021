package io.rudder.daemon.host;

import io.rudder.net.Ipv4;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The interface by which the other hosts are reached.
 *
 * @param name its name
 * @param address its IPv4 address: where datagrams are sent from
 * @param mtuBytes the largest IP packet that it takes
 */
public record ExternalInterface(String name, int address, int mtuBytes) {
    // RFC 791: every module must take 68 bytes; with less left inside, nothing useful travels.
    private static final int MIN_MTU_BYTES = 68 + 28;

    /**
     * Finds it on this host.
     *
     * @param wanted its name or its address; without one, the interface of the default route is taken
     */
    public static ExternalInterface find(Optional<String> wanted) throws HostException {
        return select(wanted, HostInterface.readAll(), KernelRoute.readAll());
    }

    /**
     * The same interface at this moment: its address if that is another one now, and its MTU. While it is away or has no
     * address, or too small an MTU, it is taken to be as it was.
     *
     * @param wanted as it was found by: an interface named by its address is where that address is
     */
    public ExternalInterface refreshed(Optional<String> wanted) throws HostException {
        return refreshed(wanted, HostInterface.readAll());
    }

    ExternalInterface refreshed(Optional<String> wanted, List<HostInterface> present) {
        boolean byAddress = wanted.flatMap(ExternalInterface::asAddress).isPresent();
        return present.stream()
                .filter(candidate -> byAddress
                        ? candidate.has(address)
                        : candidate.name().equals(name)
                                && !candidate.addresses().isEmpty())
                .findFirst()
                .filter(candidate -> candidate.mtuBytes() >= MIN_MTU_BYTES)
                .map(candidate -> new ExternalInterface(candidate.name(), addressOn(candidate), candidate.mtuBytes()))
                .orElse(this);
    }

    /** An address that is still there stays, whatever became the primary one. */
    private int addressOn(HostInterface candidate) {
        return candidate.has(address) ? address : candidate.addresses().get(0).address();
    }

    static ExternalInterface select(Optional<String> wanted, List<HostInterface> present, List<KernelRoute> routes)
            throws HostException {
        if (wanted.isEmpty()) {
            return byName(defaultDevice(present, routes), present);
        }
        Optional<Integer> address = asAddress(wanted.get());
        return address.isPresent() ? byAddress(address.get(), present) : byName(wanted.get(), present);
    }

    private static String defaultDevice(List<HostInterface> present, List<KernelRoute> routes) throws HostException {
        return routes.stream()
                .filter(route -> route.destination().length() == 0)
                .min(Comparator.comparingLong(KernelRoute::metric))
                .map(KernelRoute::device)
                .orElseThrow(() ->
                        new HostException("no default route tells the interface to the other hosts; name it with -iface"
                                + list(present)));
    }

    private static ExternalInterface byName(String name, List<HostInterface> present) throws HostException {
        HostInterface found = present.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new HostException("no interface '" + name + "'" + list(present)));
        if (found.addresses().isEmpty()) {
            throw new HostException(
                    "interface '" + name + "' has no IPv4 address; give it one or name another" + list(present));
        }
        return of(found, found.addresses().get(0).address());
    }

    private static ExternalInterface byAddress(int address, List<HostInterface> present) throws HostException {
        HostInterface found = present.stream()
                .filter(candidate -> candidate.has(address))
                .findFirst()
                .orElseThrow(
                        () -> new HostException("no interface has address " + Ipv4.format(address) + list(present)));
        return of(found, address);
    }

    private static ExternalInterface of(HostInterface found, int address) throws HostException {
        if (found.mtuBytes() < MIN_MTU_BYTES) {
            throw new HostException("interface '" + found.name() + "' has an MTU of " + found.mtuBytes()
                    + "; the overlay needs at least " + MIN_MTU_BYTES);
        }
        return new ExternalInterface(found.name(), address, found.mtuBytes());
    }

    private static Optional<Integer> asAddress(String text) {
        try {
            return Optional.of(Ipv4.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String list(List<HostInterface> present) {
        String others = present.stream()
                .filter(candidate -> !candidate.name().equals("lo"))
                .map(HostInterface::toString)
                .collect(Collectors.joining(", "));
        return others.isEmpty() ? "; there is none but lo" : "; there are " + others;
    }
}
