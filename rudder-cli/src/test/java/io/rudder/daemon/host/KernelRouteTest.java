package io.rudder.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.rudder.net.Ipv4Prefix;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KernelRouteTest {
    static final String TABLE = """
            Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
            wlan0	00000000	010200C0	0003	0	0	600	00000000	0	0	0
            eth0	00000000	010200C0	0003	0	0	100	00000000	0	0	0
            eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
            *	0000070A	00000000	0201	0	0	0	00FFFFFF	0	0	0
            down0	0000080A	00000000	0000	0	0	0	00FFFFFF	0	0	0
            """;

    @Test
    void readsTheUsableRoutes() {
        assertThat(KernelRoute.parse(TABLE))
                .containsExactly(
                        new KernelRoute("wlan0", Ipv4Prefix.parse("0.0.0.0/0"), 600),
                        new KernelRoute("eth0", Ipv4Prefix.parse("0.0.0.0/0"), 100),
                        new KernelRoute("eth0", Ipv4Prefix.parse("192.0.2.0/24"), 0));
    }

    @Test
    void passesOverWhatIsNoRoute() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            String garbled = garble(random);
            assertThatCode(() -> KernelRoute.parse(garbled))
                    .as("seed %d, round %d: %s", seed, round, garbled)
                    .doesNotThrowAnyException();
        }
    }

    private static String garble(Random random) {
        StringBuilder text = new StringBuilder(TABLE);
        int changes = 1 + random.nextInt(20);
        for (int i = 0; i < changes; i++) {
            int position = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.setCharAt(position, (char) random.nextInt(128));
                case 1 -> text.deleteCharAt(position);
                default -> text.insert(position, random.nextBoolean() ? "F" : "\t");
            }
        }
        return text.toString();
    }
}
