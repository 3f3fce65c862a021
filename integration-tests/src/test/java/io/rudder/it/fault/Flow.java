package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.lab.Wait;
import io.rudder.it.tool.NumberedFlow;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbered datagrams both ways between two hosts' overlay addresses, every 5 ms, while a fault is under way. */
final class Flow implements AutoCloseable {
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

    /** Starts it once the two reach each other. */
    static Flow between(RudderProcess a, RudderProcess b) {
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

    /** Ends it, and tells what became of it; the numbers go to the log for docs/reliability.md. */
    Outcome end(String fault) {
        there.tell("silence");
        back.tell("silence");
        there.awaitOutput("silent", BOUND);
        back.awaitOutput("silent", BOUND);
        there.tell("end");
        back.tell("end");
        int[] one = numbers(there);
        int[] other = numbers(back);
        Outcome outcome = new Outcome(
                one[0] + other[0],
                one[0] - other[2] + other[0] - one[2],
                one[3] + other[3],
                Math.max(one[4], other[4]),
                one[1] + other[1]);
        System.err.println("FAULT " + fault + ": " + outcome);
        return outcome;
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

    /**
     * What became of the datagrams of both ways.
     *
     * @param refused what the own host did not take, for want of a route
     */
    record Outcome(int sent, int lost, int twice, int longestGapMillis, int refused) {
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
