package io.rudder.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.net.Ipv4;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExternalInterfaceTest {
    private static final List<HostInterface> PRESENT = List.of(
            device("lo", 65536, "127.0.0.1"),
            device("eth0", 1500, "192.0.2.2", "192.0.2.3"),
            device("wlan0", 1400, "198.51.100.7"),
            device("bare0", 1500),
            device("tiny0", 80, "203.0.113.1"));
    private static final String LIST = "; there are eth0 (192.0.2.2, 192.0.2.3), wlan0 (198.51.100.7),"
            + " bare0 (no IPv4 address), tiny0 (203.0.113.1)";

    @Test
    void isFoundByNameWithItsPrimaryAddress() throws Exception {
        assertThat(select("eth0")).isEqualTo(new ExternalInterface("eth0", Ipv4.parse("192.0.2.2"), 1500));
    }

    @Test
    void isFoundByAnyOfItsAddresses() throws Exception {
        assertThat(select("192.0.2.3")).isEqualTo(new ExternalInterface("eth0", Ipv4.parse("192.0.2.3"), 1500));
    }

    @Test
    void isThatOfTheDefaultRouteWithTheLowestMetric() throws Exception {
        assertThat(ExternalInterface.select(Optional.empty(), PRESENT, KernelRoute.parse(KernelRouteTest.TABLE)))
                .isEqualTo(new ExternalInterface("eth0", Ipv4.parse("192.0.2.2"), 1500));
    }

    @Test
    void errorsNameWhatExists() {
        assertFails(Optional.of("eht0"), "no interface 'eht0'" + LIST);
        assertFails(Optional.of("192.0.2.99"), "no interface has address 192.0.2.99" + LIST);
        assertFails(Optional.of("bare0"), "interface 'bare0' has no IPv4 address; give it one or name another" + LIST);
        assertFails(
                Optional.empty(),
                "no default route tells the interface to the other hosts; name it with -iface" + LIST);
    }

    @Test
    void anMtuThatLeavesNoRoomInsideIsRefused() {
        assertFails(Optional.of("tiny0"), "interface 'tiny0' has an MTU of 80; the overlay needs at least 96");
    }

    @Test
    void followsItsOwnAddressAndMtu() throws Exception {
        ExternalInterface eth0 = select("eth0");
        Optional<String> byName = Optional.of("eth0");
        assertThat(eth0.refreshed(byName, List.of(device("eth0", 1400, "192.0.2.3", "192.0.2.2"))))
                .isEqualTo(new ExternalInterface("eth0", Ipv4.parse("192.0.2.2"), 1400));
        assertThat(eth0.refreshed(byName, List.of(device("eth0", 1500, "192.0.2.9"))))
                .isEqualTo(new ExternalInterface("eth0", Ipv4.parse("192.0.2.9"), 1500));
    }

    @Test
    void isAsItWasWhileItIsAwayOrOfNoUse() throws Exception {
        ExternalInterface eth0 = select("eth0");
        Optional<String> byName = Optional.of("eth0");
        assertThat(eth0.refreshed(byName, List.of())).isEqualTo(eth0);
        assertThat(eth0.refreshed(byName, List.of(device("eth0", 1500)))).isEqualTo(eth0);
        assertThat(eth0.refreshed(byName, List.of(device("eth0", 90, "192.0.2.9"))))
                .isEqualTo(eth0);
    }

    @Test
    void namedByItsAddressItIsWhereTheAddressIs() throws Exception {
        ExternalInterface eth0 = select("192.0.2.3");
        Optional<String> byAddress = Optional.of("192.0.2.3");
        assertThat(eth0.refreshed(
                        byAddress, List.of(device("eth0", 1500, "192.0.2.9"), device("br0", 1450, "192.0.2.3"))))
                .isEqualTo(new ExternalInterface("br0", Ipv4.parse("192.0.2.3"), 1450));
        assertThat(eth0.refreshed(byAddress, List.of(device("eth0", 1500, "192.0.2.9"))))
                .isEqualTo(eth0);
    }

    private static ExternalInterface select(String wanted) throws HostException {
        return ExternalInterface.select(Optional.of(wanted), PRESENT, List.of());
    }

    private static void assertFails(Optional<String> wanted, String message) {
        assertThatThrownBy(() -> ExternalInterface.select(wanted, PRESENT, List.of()))
                .isInstanceOf(HostException.class)
                .hasMessage(message);
    }

    static HostInterface device(String name, int mtuBytes, String... addresses) {
        List<HostInterface.Address> list = Stream.of(addresses)
                .map(text -> new HostInterface.Address(Ipv4.parse(text), 24))
                .toList();
        return new HostInterface(name, list, mtuBytes, true);
    }
}
