package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
import io.rudder.it.tool.NumberedFlow;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbered datagrams both ways between two hosts' overlay addresses, every 5 ms, while a fault is under way. */
public final class Flow implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final String PORT = "7777";
    private static final String INTERVAL_MICROS = "5000";
    private static final Pattern RESULT =
            Pattern.compile("sent (\\d+), refused (\\d+), received (\\d+), twice (\\d+), longest gap (\\d+) ms");

    private final Running there;
    private final Running back;

    private Flow(Running there, Running back) {
        this.there = there;
        this.back = back;
    }

    /** Lets it flow while something happens, of which it must not notice anything. */
    public static void assertLossless(String fault, RudderProcess a, RudderProcess b, Happening happening)
            throws IOException {
        try (Flow flow = between(a, b)) {
            happening.run();
            Outcome outcome = flow.end();
            Fault.note(fault, outcome.toString());
            outcome.assertLossless();
        }
    }

    /** Lets it flow for two seconds, in which nothing happens any more. */
    static void assertLossless(String fault, RudderProcess a, RudderProcess b) throws IOException {
        assertLossless(fault, a, b, () -> Fault.lasts(Duration.ofSeconds(2)));
    }

    /** Starts it once the two reach each other. */
    private static Flow between(RudderProcess a, RudderProcess b) {
        String from = a.overlayAddress();
        String to = b.overlayAddress();
        assertThat(Wait.until(BOUND, () -> a.host().ping(to, 1).exitCode() == 0))
                .isTrue();
        Running there = a.host().spawnTool(NumberedFlow.class, from, to, PORT, INTERVAL_MICROS);
        Running back = b.host().spawnTool(NumberedFlow.class, to, from, PORT, INTERVAL_MICROS);
        there.awaitOutput("listening", BOUND);
        back.awaitOutput("listening", BOUND);
        there.tell("go");
        back.tell("go");
        return new Flow(there, back);
    }

    /** Ends it, and tells what became of it. */
    private Outcome end() {
        there.tell("silence");
        back.tell("silence");
        there.awaitOutput("silent", BOUND);
        back.awaitOutput("silent", BOUND);
        there.tell("end");
        back.tell("end");
        int[] one = numbers(there);
        int[] other = numbers(back);
        return new Outcome(
                one[0] + other[0],
                one[0] - other[2] + other[0] - one[2],
                one[3] + other[3],
                Math.max(one[4], other[4]),
                one[1] + other[1]);
    }

    private static int[] numbers(Running end) {
        end.awaitOutput("longest gap", BOUND);
        Matcher result = RESULT.matcher(end.stdout());
        if (!result.find()) {
            throw new AssertionError(end.stdout());
        }
        int[] numbers = new int[5];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(result.group(i + 1));
        }
        return numbers;
    }

    @Override
    public void close() {
        there.close();
        back.close();
    }

    /** What happens meanwhile. */
    public interface Happening {
        void run() throws IOException;
    }

    /**
     * What became of the datagrams of both ways.
     *
     * @param refused what the own host did not take, for want of a route
     */
    private record Outcome(int sent, int lost, int twice, int longestGapMillis, int refused) {
        /** No datagram was lost, refused or doubled. */
        void assertLossless() {
            assertThat(sent).isPositive();
            assertThat(lost + refused).as(toString()).isZero();
            assertThat(twice).as(toString()).isZero();
        }

        @Override
        public String toString() {
            return "%d datagrams, %d lost, %d refused, %d twice, longest gap %d ms"
                    .formatted(sent, lost, refused, twice, longestGapMillis);
        }
    }
}
