package io.rudder.lease.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.config.NetworkConfigReader;
import io.rudder.net.Ipv4;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whatever somebody writes gives a list that holds what it promises, or one line of complaint. */
class PeerListReaderFuzzTest {
    private static final long SEED = 20261128;
    private static final int TEXTS = 4_000;
    private static final List<String> PIECES = List.of(
            "network",
            "port",
            "10.5.0.0/16",
            "10.5.34.0/24",
            "10.5.34.0/25",
            "10.5.71.0/24",
            "10.5.0.0/99",
            "8285",
            "0",
            "-1",
            "99999999999",
            "198.51.100.7",
            "198.51.100.8",
            "300.1.1.1",
            "10.5.0.1",
            "#",
            "/",
            " ",
            "  ",
            "\t",
            "\n",
            "\n",
            "\n",
            "\r",
            "\u0000",
            "\u00e9",
            "\ud83d\ude00",
            "network 10.5.0.0/16\n",
            "\n10.5.34.0/24 198.51.100.7\n");

    private final Random random = new Random(SEED);

    @Test
    void randomTextsAreReadOrRefusedWithOneLine() {
        int accepted = 0;
        for (int i = 0; i < TEXTS; i++) {
            accepted += isAccepted(random.ints(random.nextInt(14), 0, PIECES.size())
                            .mapToObj(PIECES::get)
                            .collect(Collectors.joining(random.nextBoolean() ? " " : "")))
                    ? 1
                    : 0;
        }
        assertThat(accepted).isPositive();
    }

    @Test
    void damagedListsAreReadOrRefusedWithOneLine() {
        String good = "network 10.5.0.0/16\nport 8285\n"
                + random.ints(20, 0, 256)
                        .distinct()
                        .mapToObj(i -> "10.5." + i + ".0/24 " + Ipv4.format(0xc6336400 + i))
                        .collect(Collectors.joining("\n"));
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(128));
            }
            isAccepted(text.toString());
        }
    }

    private static boolean isAccepted(String text) {
        PeerList list;
        try {
            list = PeerListReader.read(text);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage())
                    .isNotBlank()
                    .hasLineCount(1)
                    .hasSizeLessThan(250)
                    .matches("[\\x20-\\x7e]+");
            return false;
        }
        try {
            NetworkConfigReader.read(list.entries().get("config"), warning -> {});
        } catch (Exception e) {
            throw new AssertionError(text, e);
        }
        return true;
    }
}
