package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.util.List;
import java.util.stream.Stream;

/** Finds what on this host contradicts the overlay: addresses and routes on other devices that lie in its network. */
final class OverlapCheck {
    private final OverlayAddress overlay;
    private final String tunName;

    OverlapCheck(OverlayAddress overlay, String tunName) {
        this.overlay = overlay;
        this.tunName = tunName;
    }

    /** One line for each contradiction. */
    List<String> warnings(List<HostInterface> present, List<KernelRoute> routes) {
        Stream<String> byAddress = present.stream()
                .filter(candidate -> !candidate.name().equals(tunName))
                .flatMap(candidate -> candidate.addresses().stream()
                        .filter(address -> isForeign(networkOf(address)))
                        .map(address -> warning("address " + address, candidate.name())));
        Stream<String> byRoute = routes.stream()
                .filter(route -> !route.device().equals(tunName) && isForeign(route.destination()))
                .filter(route -> !isConnected(route, present))
                .map(route -> warning("route " + route.destination(), route.device()));
        return Stream.concat(byAddress, byRoute).toList();
    }

    /** Whether it overlaps the overlay and is not inside this host's own part, where containers belong. */
    private boolean isForeign(Ipv4Prefix prefix) {
        return prefix.length() > 0
                && prefix.overlaps(overlay.network())
                && !overlay.subnet().contains(prefix);
    }

    /** Whether the route comes with an address, which was told already. */
    private static boolean isConnected(KernelRoute route, List<HostInterface> present) {
        return present.stream()
                .filter(candidate -> candidate.name().equals(route.device()))
                .flatMap(candidate -> candidate.addresses().stream())
                .anyMatch(address -> networkOf(address).equals(route.destination()));
    }

    private static Ipv4Prefix networkOf(HostInterface.Address address) {
        return Ipv4Prefix.containing(address.address(), address.length());
    }

    private String warning(String what, String device) {
        return what + " of " + device + " overlaps the overlay " + overlay.network() + " outside this host's "
                + overlay.subnet() + ": addresses in it may not reach their hosts; remove it, or move " + device
                + " into "
                + overlay.subnet();
    }
}
