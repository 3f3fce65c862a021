package io.rudder.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.daemon.socket.CommandRequest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator sees who leaves after some views. */
class TopCommandTest {
    private static final String HOME = "\033[H";

    private int run(Screen screen, int rows, String line) throws InterruptedException {
        CommandRequest request = new CommandRequest(Arrays.asList(line.split(" ")), false, 120, rows, "");
        return new Shell(new TestNode(), List.of()).run(request, screen);
    }

    @Test
    void itShowsTheNodeAndItsPeersUntilTheOperatorIsGone() throws InterruptedException {
        Screen screen = new Screen(3);

        assertThat(run(screen, 24, "top")).isZero();

        assertThat(screen.waited).isEqualTo(3 * 1000);
        assertThat(screen.views())
                .hasSize(3)
                .allSatisfy(view -> assertThat(view)
                        .contains("host-a  10.5.34.0/24  ready  up 3 h 12 min  etcd in touch", "drops 0/s")
                        .containsSubsequence("SUBNET", "ENDPOINT", "ROUND TRIP", "LOSS")
                        .contains("10.5.2.0/24  203.0.113.2:8285", "1.50 ms  50 %", "10.5.3.0/24"));
    }

    @Test
    void aViewIsNeverLongerThanTheTerminal() throws InterruptedException {
        Screen screen = new Screen(1);
        run(screen, 5, "top");
        assertThat(screen.views().get(0).split("\r\n", -1)).hasSize(5);
        assertThat(screen.out()).doesNotContain("10.5.2.0/24").contains("SUBNET");
    }

    @Test
    void whoDoesNotKeepUpMissesViews() throws InterruptedException {
        Screen screen = new Screen(3);
        screen.writable = false;
        run(screen, 24, "top -interval 60");
        assertThat(screen.views()).isEmpty();
        assertThat(screen.waited).isEqualTo(3 * 60_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "61", "-1"})
    void theIntervalHasBounds(String seconds) throws InterruptedException {
        Screen screen = new Screen(1);
        assertThat(run(screen, 24, "top -interval=" + seconds)).isEqualTo(Shell.FAILED);
        assertThat(screen.err()).isEqualTo("rudder: -interval " + seconds + " (expected: 1 to 60)\n");
    }

    @Test
    void withoutATerminalItSaysWhatToDo() throws InterruptedException {
        Screen screen = new Screen(1);
        assertThat(run(screen, 0, "top")).isEqualTo(Shell.FAILED);
        assertThat(screen.err()).contains("top needs a terminal; 'rudder status -json' prints the same once");
        assertThat(screen.out()).isEmpty();
    }

    /** A terminal whose operator leaves after so many waits. */
    private static final class Screen extends RecordedOutput {
        private boolean writable = true;
        private int waitsLeft;
        private long waited;

        Screen(int waits) {
            waitsLeft = waits;
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public boolean awaitGone(long millis) {
            waited += millis;
            waitsLeft--;
            return waitsLeft == 0;
        }

        List<String> views() {
            return Arrays.stream(out().split(HOME.replace("[", "\\["))).skip(1).toList();
        }
    }
}
