package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Wait;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults 8 to 10, 15, 30 and 33: the connection to etcd is cut, stalls, is slow, or works one way only. */
class ConnectionFaultsIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c");

    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
    private static final Pattern STREAMS = Pattern.compile("etcd_debugging_mvcc_watch_stream_total (\\d+)");

    private Ghosts ghosts;
    private Relay relay;
    private RudderProcess a;
    private RudderProcess b;

    @BeforeEach
    void start() {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        ghosts = new Ghosts(CLUSTER.etcd(), CLUSTER.host("c"));
        relay = new Relay(CLUSTER);
        a = relay.start("a");
        b = CLUSTER.start(CLUSTER.host("b")).awaitReady();
    }

    @AfterEach
    void reset() {
        CLUSTER.host("a").exec("nft", "delete", "table", "ip", "oneway");
        relay.close();
        CLUSTER.reset();
    }

    @Test
    @Tag("faults")
    void fault8TheConnectionIsCutSoonAfterEachReconnect() {
        try (Flow flow = Flow.between(a, b)) {
            for (int round = 0; round < 40; round++) {
                relay.tell("lifetime " + (1 + round * 4 % 150));
                relay.tell("cut");
                ghosts.put(round % 10);
                Fault.lasts(Duration.ofMillis(400));
                if (round % 10 > 0) {
                    ghosts.delete(round % 10 - 1);
                }
            }
            int cuts = relay.accepted();
            relay.tell("lifetime 0");
            relay.tell("cut");
            Ghosts.assertKnown(a, 9);
            for (int number = 0; number < 9; number++) {
                Ghosts.assertUnknown(a, number);
            }
            Fault.note("8", cuts + " connections cut within 150 ms, 76 changes, all seen");
            flow.end("8").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault9BytesStall() {
        try (Flow flow = Flow.between(a, b)) {
            for (int seconds : new int[] {5, 30}) {
                int number = seconds / 5;
                relay.tell("hold");
                ghosts.put(number);
                Duration stalled = Fault.timed(() -> {
                    if (seconds > 20) {
                        Duration noticed = Fault.timed(
                                () -> a.process().awaitOutput("lost touch with the registry", Duration.ofSeconds(30)));
                        Fault.note("9", "silence noticed after " + noticed.toMillis() + " ms");
                        assertThat(noticed).isLessThan(Duration.ofSeconds(25));
                    }
                });
                Fault.lasts(
                        Duration.ofSeconds(seconds).minus(stalled).isNegative()
                                ? Duration.ZERO
                                : Duration.ofSeconds(seconds).minus(stalled));
                relay.tell("release");
                Ghosts.assertKnown(a, number);
            }
            flow.end("9").assertLossless();
        }
    }

    @Test
    void fault10TheHistoryIsCompactedWhileDisconnected() {
        try (Flow flow = Flow.between(a, b)) {
            ghosts.put(1);
            ghosts.put(2);
            Ghosts.assertKnown(a, 2);
            relay.tell("hold");
            relay.tell("cut");
            ghosts.delete(1);
            ghosts.put(3);
            compact();
            ghosts.put(4);
            ghosts.delete(4);
            compact();
            relay.tell("release");
            relay.tell("cut");
            Ghosts.assertKnown(a, 3);
            Ghosts.assertUnknown(a, 1);
            Ghosts.assertKnown(a, 2);
            flow.end("10").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault10TheHistoryIsCompactedAllTheTime() {
        try (Flow flow = Flow.between(a, b)) {
            for (int round = 0; round < 15; round++) {
                ghosts.put(round % 10);
                relay.tell("cut");
                ghosts.put((round + 1) % 10);
                compact();
                Fault.lasts(Duration.ofSeconds(1));
            }
            Ghosts.assertKnown(a, 5);
            int streams = watchStreams();
            Fault.note("10 every second", streams + " watch streams in etcd for 2 daemons");
            assertThat(streams).isLessThan(20);
            flow.end("10 every second").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault15OnlyOneWayWorks() {
        try (Flow flow = Flow.between(a, b)) {
            a.host().run("nft", "add", "table", "ip", "oneway");
            a.host().run("nft", "add", "chain", "ip", "oneway", "input", "{ type filter hook input priority 0; }");
            a.host().run("nft", "add", "rule", "ip", "oneway", "input", "ip", "saddr", "198.51.100.254", "drop");
            Duration noticed =
                    Fault.timed(() -> a.process().awaitOutput("lost touch with the registry", Duration.ofSeconds(30)));
            Fault.note("15", "noticed after " + noticed.toMillis() + " ms");
            assertThat(noticed).isLessThan(Duration.ofSeconds(25));
            ghosts.put(5);
            a.host().run("nft", "delete", "table", "ip", "oneway");
            Ghosts.assertKnown(a, 5);
            flow.end("15").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault30EtcdIsSlow() {
        try (Flow flow = Flow.between(a, b)) {
            for (int delayMillis : new int[] {500, 2000}) {
                relay.tell("delay " + delayMillis);
                ghosts.put(delayMillis / 500);
                Ghosts.assertKnown(a, delayMillis / 500);
                Fault.lasts(Duration.ofSeconds(10));
            }
            relay.tell("delay 0");
            ghosts.put(7);
            Ghosts.assertKnown(a, 7);
            flow.end("30").assertLossless();
        }
    }

    @Test
    @Tag("faults")
    void fault33AnswersAreLostWhileALeaseIsAcquired() {
        relay.tell("lifetime 10");
        RudderProcess c = CLUSTER.start(CLUSTER.host("c"), relay.options(CLUSTER.host("c")));
        for (int millis = 10; millis <= 200; millis += 10) {
            relay.tell("lifetime " + millis);
            Fault.lasts(Duration.ofMillis(400));
        }
        Fault.note("33", relay.accepted() + " connections cut within 200 ms");
        relay.tell("lifetime 0");
        relay.tell("cut");
        c.awaitReady();
        assertThat(CLUSTER.etcd()
                        .etcdctl("get", "--prefix", "--print-value-only", Etcd.PREFIX + "/subnets/")
                        .stdout()
                        .lines()
                        .filter(value -> value.contains("198.51.100.3")))
                .hasSize(1);
        // nor is an etcd lease left over: one for each of the three
        assertThat(Wait.until(
                        Fault.BOUND,
                        () -> CLUSTER.etcd().etcdctl("lease", "list").stdout().contains("found 3 leases")))
                .as(CLUSTER.etcd().etcdctl("lease", "list").stdout())
                .isTrue();
    }

    private static void compact() {
        String status = CLUSTER.etcd()
                .etcdctl("endpoint", "status", "-w", "json")
                .orFail()
                .stdout();
        Matcher revision = REVISION.matcher(status);
        assertThat(revision.find()).as(status).isTrue();
        CLUSTER.etcd().etcdctl("compact", revision.group(1)).orFail();
    }

    private static int watchStreams() {
        String metrics = CLUSTER.middle()
                .run(
                        "bash",
                        "-c",
                        "exec 3<>/dev/tcp/198.51.100.254/2379; printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3")
                .stdout();
        Matcher streams = STREAMS.matcher(metrics);
        assertThat(streams.find()).isTrue();
        return Integer.parseInt(streams.group(1));
    }
}
