package io.rudder.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.RudderProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
    static final Cluster CLUSTER = Cluster.ofHosts("a", "b", "c", "g");

    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
    private static final Pattern STREAMS = Pattern.compile("etcd_debugging_mvcc_watch_stream_total (\\d+)");

    private Ghosts ghosts;
    private Relay relay;
    private RudderProcess a;
    private RudderProcess b;

    @BeforeEach
    void start() {
        CLUSTER.etcd().put(Etcd.PREFIX + "/config", Ghosts.CONFIG);
        ghosts = new Ghosts(CLUSTER);
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
    void fault8TheConnectionIsCutSoonAfterEachReconnect() throws IOException {
        Flow.assertLossless("8", a, b, () -> {
            int changes = 0;
            for (int round = 0; relay.accepted() < 200; round = (round + 1) % 10) {
                relay.tell("lifetime " + (1 + changes * 4 % 150));
                relay.tell("cut");
                ghosts.put(round);
                Fault.lasts(Duration.ofMillis(400));
                ghosts.delete((round + 9) % 10);
                changes += 2;
            }
            int cuts = relay.accepted();
            ghosts.put(9);
            relay.tell("lifetime 0");
            relay.tell("cut");
            Ghosts.assertKnown(a, 9);
            for (int number = 0; number < 9; number++) {
                ghosts.assertAsInEtcd(a, number);
            }
            Fault.note("8", cuts + " connections cut within 150 ms, " + changes + " changes, all seen");
        });
    }

    @Test
    @Tag("faults")
    void fault9BytesStall() throws IOException {
        // The longest comes first: the log names a loss at most once a minute.
        List<Integer> lengths = Fault.isFull() ? List.of(120, 30, 5) : List.of(30, 5);
        Flow.assertLossless("9", a, b, () -> {
            for (int seconds : lengths) {
                Duration stall = Duration.ofSeconds(seconds);
                relay.tell("hold");
                ghosts.put(seconds % 9);
                if (seconds == lengths.get(0)) {
                    Duration noticed = Fault.assertNoticed(a, Duration.ofSeconds(20));
                    Fault.note("9", "silence of " + seconds + " s noticed after " + noticed.toMillis() + " ms");
                    stall = stall.minus(noticed);
                }
                Fault.lasts(stall);
                relay.tell("release");
                Duration caughtUp = Fault.timed(() -> Ghosts.assertKnown(a, seconds % 9));
                Fault.note("9", "caught up " + caughtUp.toMillis() + " ms after " + seconds + " s of silence");
            }
        });
    }

    @Test
    void fault10TheHistoryIsCompactedWhileDisconnected() throws IOException {
        Flow.assertLossless("10", a, b, () -> {
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
        });
    }

    @Test
    @Tag("faults")
    void fault10TheHistoryIsCompactedAllTheTime() throws IOException {
        Flow.assertLossless("10 every second", a, b, () -> {
            for (int round = 0; round < 15; round++) {
                ghosts.put(round % 9);
                relay.tell("cut");
                ghosts.put((round + 1) % 9);
                compact();
                Fault.lasts(Duration.ofSeconds(1));
            }
            Ghosts.assertKnown(a, 6);
            int streams = watchStreams();
            Fault.note("10 every second", streams + " watch streams in etcd for 2 daemons");
            assertThat(streams).isLessThan(20);
        });
    }

    @Test
    @Tag("faults")
    void fault15OnlyOneWayWorks() throws IOException {
        Flow.assertLossless("15", a, b, () -> {
            a.host().run("nft", "add", "table", "ip", "oneway");
            a.host().run("nft", "add", "chain", "ip", "oneway", "input", "{ type filter hook input priority 0; }");
            a.host().run("nft", "add", "rule", "ip", "oneway", "input", "ip", "saddr", "198.51.100.254", "drop");
            Duration noticed = Fault.assertNoticed(a, Duration.ofSeconds(20));
            ghosts.put(5);
            a.host().run("nft", "delete", "table", "ip", "oneway");
            Duration caughtUp = Fault.timed(() -> Ghosts.assertKnown(a, 5));
            Fault.note(
                    "15",
                    "noticed after %d ms, caught up %d ms after healing"
                            .formatted(noticed.toMillis(), caughtUp.toMillis()));
        });
    }

    @Test
    @Tag("faults")
    void fault30EtcdIsSlow() throws IOException {
        Flow.assertLossless("30 slow", a, b, () -> {
            for (int delayMillis : new int[] {500, 2000}) {
                relay.tell("delay " + delayMillis);
                ghosts.put(delayMillis / 500);
                Duration known = Fault.timed(() -> Ghosts.assertKnown(a, delayMillis / 500));
                Fault.note("30 slow", delayMillis + " ms a message: change known after " + known.toMillis() + " ms");
                Fault.lasts(Duration.ofSeconds(10));
            }
            // Twice that is more than a call may take: nothing gets through.
            relay.tell("delay 3000");
            Fault.lasts(Duration.ofSeconds(20));
            relay.tell("delay 0");
            ghosts.put(7);
            Duration caughtUp = Fault.timed(() -> Ghosts.assertKnown(a, 7));
            Fault.note("30 slow", "caught up " + caughtUp.toMillis() + " ms after the last of it");
        });
    }

    /** The relay lets the transaction pass and keeps its answer, so that the daemon cannot know what became of it. */
    @Test
    @Tag("faults")
    void fault33AnswersAreLostWhileALeaseIsAcquired() throws IOException {
        // also of hosts of other tests, which have ended
        int etcdLeases = etcdLeases();
        Flow.assertLossless("33", a, b, () -> {
            for (int starts = 1; starts <= 6; starts++) {
                relay.tell("lose 1 \"PublicIP\":\"198.51.100.3\"");
                RudderProcess c = relay.start("c");
                awaitOneLease(c, etcdLeases);
                c.kill9();
                CLUSTER.etcd().revokeLeaseOf(c.leaseKey());
            }
            assertThat(relay.lost()).isEqualTo(6);
            Fault.note("33", "the answer to the acquiring transaction lost in each of 6 starts, each time one lease");
            int before = relay.accepted();
            relay.tell("lifetime 10");
            RudderProcess c = CLUSTER.start(CLUSTER.host("c"), relay.options(CLUSTER.host("c")));
            for (int millis = 10; millis <= 200; millis += 5) {
                relay.tell("lifetime " + millis);
                Fault.lasts(Duration.ofMillis(400));
            }
            Fault.note("33", relay.accepted() - before + " connections cut within 200 ms during a start");
            relay.tell("lifetime 0");
            relay.tell("cut");
            awaitOneLease(c.awaitReady(), etcdLeases);
        });
    }

    /** Nor is an etcd lease left over. */
    private static void awaitOneLease(RudderProcess c, int etcdLeasesBefore) {
        String values = CLUSTER.etcd()
                .etcdctl("get", "--prefix", "--print-value-only", Etcd.PREFIX + "/subnets/")
                .stdout();
        assertThat(values.lines().filter(value -> value.contains("198.51.100.3")))
                .hasSize(1);
        Fault.awaited(() -> etcdLeases() == etcdLeasesBefore + 1, c::log);
    }

    private static int etcdLeases() {
        String list = CLUSTER.etcd().etcdctl("lease", "list").orFail().stdout();
        return Integer.parseInt(list.replaceAll("(?s)found (\\d+) leases.*", "$1"));
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
