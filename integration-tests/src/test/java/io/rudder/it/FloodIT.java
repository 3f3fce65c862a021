package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.tool.UdpFlood;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Far more small datagrams than the overlay carries: it carries what it can, counts the rest, and stays itself. */
class FloodIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b");

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final String PORT = "7000";
    private static final String BYTES = "16";
    private static final String WARM_UP_SECONDS = "4";
    private static final String FLOOD_SECONDS = "12";
    private static final long MAX_GROWTH_KIB = 24 * 1024;
    /** Packets that come and go while counters are read, such as the kernel's own multicast. */
    private static final long STRAY_PACKETS = 50;

    @Test
    void aFloodLeavesTheNodesSane() {
        List<RudderProcess> daemons = CLUSTER.startOn("a", "b");
        RudderProcess a = daemons.get(0);
        RudderProcess b = daemons.get(1);
        Host flooder = CLUSTER.addContainer(a, "flooder", 2);
        Host flooded = CLUSTER.addContainer(b, "flooded", 2);
        flooded.spawnTool(UdpFlood.class, "hold", flooded.address(), PORT).awaitOutput("holding", BOUND);
        flood(flooder, flooded, WARM_UP_SECONDS).awaitExit(BOUND).orFail();
        long residentKibOfA = a.residentKib();
        long residentKibOfB = b.residentKib();

        Running ping = a.host().spawn("ping", "-n", "-i", "0.1", "-w", FLOOD_SECONDS, b.overlayAddress());
        Running flood = flood(flooder, flooded, FLOOD_SECONDS);
        flood.awaitExit(BOUND).orFail();

        assertThat(a.host().ping(b.overlayAddress(), 10).output())
                .as("right after the flood")
                .contains(" 0% packet loss");
        String pinged = ping.awaitExit(BOUND).stdout();
        assertThat(number(pinged, "(\\d+) received")).as(pinged).isGreaterThan(20);
        assertThat(a.residentKib() - residentKibOfA).as("growth in KiB").isLessThan(MAX_GROWTH_KIB);
        assertThat(b.residentKib() - residentKibOfB).as("growth in KiB").isLessThan(MAX_GROWTH_KIB);
        assertEveryPacketIsCounted(a);
        assertThat(b.finalCounters().get("decap_packets")).isGreaterThan(100_000);
        assertThat(b.log()).doesNotContain("Exception");
    }

    private static Running flood(Host from, Host to, String seconds) {
        return from.spawnTool(UdpFlood.class, "flood", to.address(), PORT, seconds, BYTES);
    }

    /** What the device handed over is what the daemon has sent or dropped; single datagrams are single messages. */
    private static void assertEveryPacketIsCounted(RudderProcess daemon) {
        String link = daemon.host().run("ip", "-s", "link", "show", "rudder0").stdout();
        long handedOver = number(link, "TX:.*\\n\\s+\\d+\\s+(\\d+)");
        Map<String, Long> counters = daemon.finalCounters();
        long counted = counters.entrySet().stream()
                .filter(counter -> counter.getKey().equals("encap_packets")
                        || counter.getKey().startsWith("encap_drop_"))
                .mapToLong(Map.Entry::getValue)
                .sum();
        assertThat(counted)
                .as("%s%n%s", link, counters)
                .isBetween(handedOver - STRAY_PACKETS, handedOver + STRAY_PACKETS);
        assertThat(daemon.log()).doesNotContain("Exception");
    }

    private static long number(String text, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no '%s' in: %s".formatted(regex, text));
        }
        return Long.parseLong(matcher.group(1));
    }
}
