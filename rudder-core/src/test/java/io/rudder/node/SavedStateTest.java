package io.rudder.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.config.Backend;
import io.rudder.config.NetworkConfig;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import io.rudder.peer.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SavedStateTest {
    private static final Instant CONFIRMED = Instant.parse("2026-01-01T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final SavedState STATE = new SavedState(
            "0123456789abcdef0123456789abcdef",
            new NetworkConfig(
                    Ipv4Prefix.parse("10.0.0.0/16"),
                    24,
                    Ipv4Prefix.parse("10.0.1.0/24"),
                    Ipv4Prefix.parse("10.0.9.0/24"),
                    new Backend(Backend.Type.UDP, 9000)),
            Ipv4Prefix.parse("10.0.3.0/24"),
            CONFIRMED,
            17,
            List.of(
                    Peer.of(Ipv4Prefix.parse("10.0.4.0/24"), Ipv4.parse("192.0.2.4"), 9000, Optional.of("abc")),
                    Peer.of(Ipv4Prefix.parse("10.0.5.0/24"), Ipv4.parse("192.0.2.5"), 9000)));

    @Test
    void isTheSameAfterItWasWrittenAndRead() {
        assertThat(SavedStateJson.read(SavedStateJson.write(STATE))).isEqualTo(STATE);
    }

    @Test
    void isFreshUntilAnHourBeforeTheLeaseRunsOut() {
        assertThat(STATE.isFresh(CONFIRMED, DAY)).isTrue();
        assertThat(STATE.isFresh(CONFIRMED.plus(Duration.ofHours(23)).minusMillis(1), DAY))
                .isTrue();
        assertThat(STATE.isFresh(CONFIRMED.plus(Duration.ofHours(23)), DAY)).isFalse();
        assertThat(STATE.isFresh(CONFIRMED.minusSeconds(1), DAY)).isFalse();
    }

    @Test
    void whateverIsInTheFileIsReadOrRefusedInOneLine() {
        String text = SavedStateJson.write(STATE);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder spoiled = new StringBuilder(text);
            for (int change = random.nextInt(4); change >= 0 && !spoiled.isEmpty(); change--) {
                int at = random.nextInt(spoiled.length());
                switch (random.nextInt(3)) {
                    case 0 -> spoiled.setCharAt(at, (char) random.nextInt(256));
                    case 1 -> spoiled.deleteCharAt(at);
                    default -> spoiled.setLength(at + 1);
                }
            }
            try {
                SavedStateJson.read(spoiled.toString());
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageStartingWith("it is not the state of a node");
            }
        }
    }

    @Test
    void anEmptyFileIsRefused() {
        assertThatThrownBy(() -> SavedStateJson.read("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        SavedStateJson.read(SavedStateJson.write(STATE).replace("\"Version\":1", "\"Version\":2")))
                .hasMessageContaining("version 2");
    }
}
