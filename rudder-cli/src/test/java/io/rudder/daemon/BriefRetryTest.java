package io.rudder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rudder.daemon.host.HostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BriefRetryTest {
    private final AtomicInteger attempts = new AtomicInteger();

    private int failUntil(int successful) throws HostException {
        if (attempts.incrementAndGet() < successful) {
            throw new HostException("attempt " + attempts);
        }
        return attempts.get();
    }

    @Test
    void triesUntilItWorks() throws HostException {
        assertThat(BriefRetry.within(Duration.ofSeconds(30), () -> failUntil(3)))
                .isEqualTo(3);
    }

    @Test
    void givesUpAtTheLimit() {
        assertThatThrownBy(() -> BriefRetry.within(Duration.ofMillis(50), () -> failUntil(Integer.MAX_VALUE)))
                .isInstanceOf(HostException.class)
                .hasMessage("attempt " + attempts);
        assertThat(attempts).hasValueGreaterThan(1);
    }

    @Test
    void anInterruptEndsIt() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> BriefRetry.within(Duration.ofSeconds(30), () -> failUntil(Integer.MAX_VALUE)))
                .hasMessage("attempt 1");
        assertThat(Thread.interrupted()).isTrue();
    }
}
