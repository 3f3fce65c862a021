package io.rudder.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistoryTest {
    private final History history = new History();

    private void addUntil(int seconds) {
        for (int at = 0; at <= seconds; at += History.INTERVAL_SECONDS) {
            history.add(SampleStatus.after(at));
        }
    }

    @Test
    void isEmptyBeforeTwoSamples() {
        assertThat(history.view().times()).isEmpty();
        history.add(SampleStatus.after(100));
        assertThat(history.view().times()).isEmpty();
        assertThat(history.view().peers()).isEmpty();
    }

    @Test
    void givesRatesBetweenSamples() {
        addUntil(10);
        History.View view = history.view();
        assertThat(view.times()).hasSize(2);
        assertThat(view.node().sentBytes()).containsExactly(50_000_000L, 50_000_000L);
        assertThat(view.node().receivedBytes()).containsExactly(25_000_000L, 25_000_000L);
        assertThat(view.peers().get(SampleStatus.GOOD).sentBytes()).containsExactly(50_000_000L, 50_000_000L);
        assertThat(view.peers().get(SampleStatus.GOOD).roundTripMillis()).containsExactly(0.5, 0.5);
        assertThat(view.peers().get(SampleStatus.FLANNEL).roundTripMillis()).containsExactly(null, null);
    }

    @Test
    void theBusiestPeersComeFirst() {
        addUntil(10);
        assertThat(history.view().peers().keySet())
                .containsExactly(SampleStatus.GOOD, SampleStatus.FLANNEL, SampleStatus.SILENT);
    }

    @Test
    void keepsTenMinutes() {
        addUntil(3600);
        History.View view = history.view();
        assertThat(view.times()).hasSize(History.MAX_SAMPLES);
        assertThat(view.node().drops()).hasSize(History.MAX_SAMPLES);
        assertThat(view.times().get(History.MAX_SAMPLES - 1) - view.times().get(0))
                .isEqualTo(595_000);
    }
}
