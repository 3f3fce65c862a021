package io.rudder.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.net.Ipv4Prefix;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverlapCheckTest {
    private static final OverlayAddress OVERLAY =
            new OverlayAddress(Ipv4Prefix.parse("10.0.0.0/16"), Ipv4Prefix.parse("10.0.34.0/24"), 1472);

    @Test
    void acceptsContainersInTheOwnSubnetAndWhatIsElsewhere() {
        assertThat(warnings(
                        List.of(
                                ExternalInterfaceTest.device("docker0", 1472, "10.0.34.1"),
                                ExternalInterfaceTest.device("eth0", 1500, "192.0.2.2"),
                                ExternalInterfaceTest.device("rudder0", 1472, "10.0.34.0")),
                        List.of(
                                route("eth0", "0.0.0.0/0"),
                                route("docker0", "10.0.34.0/24"),
                                route("rudder0", "10.0.0.0/16"))))
                .isEmpty();
    }

    @Test
    void tellsOfABridgeInTheSubnetOfAnotherHostOnce() {
        assertThat(warnings(
                        List.of(ExternalInterfaceTest.device("docker0", 1500, "10.0.12.1")),
                        List.of(route("docker0", "10.0.12.0/24"))))
                .containsExactly("address 10.0.12.1/24 of docker0 overlaps the overlay 10.0.0.0/16 outside this host's"
                        + " 10.0.34.0/24: addresses in it may not reach their hosts; remove it, or move docker0 into"
                        + " 10.0.34.0/24");
    }

    @Test
    void tellsOfARouteThatTakesAwayPartOfTheOverlay() {
        assertThat(warnings(List.of(), List.of(route("vpn0", "10.0.128.0/17"))))
                .singleElement()
                .asString()
                .startsWith("route 10.0.128.0/17 of vpn0 overlaps the overlay 10.0.0.0/16");
    }

    private static List<String> warnings(List<HostInterface> present, List<KernelRoute> routes) {
        return new OverlapCheck(OVERLAY, "rudder0").warnings(present, routes);
    }

    private static KernelRoute route(String device, String destination) {
        return new KernelRoute(device, Ipv4Prefix.parse(destination), 0);
    }
}
