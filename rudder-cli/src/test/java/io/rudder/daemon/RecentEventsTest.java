package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.rudder.status.NodeEvent;
import org.junit.jupiter.api.Test;

class RecentEventsTest {
    private final LoggerContext context = new LoggerContext();
    private final RecentEvents recent = new RecentEvents();

    private void log(Level level, String text) {
        recent.append(new LoggingEvent("", context.getLogger("io.rudder.x"), level, text, null, null));
    }

    @Test
    void keepsTheLatestHundredOfInterest() {
        log(Level.DEBUG, "detail");
        for (int i = 1; i <= 150; i++) {
            log(Level.WARN, "event " + i);
        }

        assertThat(recent.list()).hasSize(100);
        assertThat(recent.list().get(0).text()).isEqualTo("event 51");
        assertThat(recent.list().get(99))
                .extracting(NodeEvent::level, NodeEvent::text)
                .containsExactly("warn", "event 150");
    }
}
