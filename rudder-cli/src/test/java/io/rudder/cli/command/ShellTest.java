package io.rudder.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rudder.daemon.socket.CommandRequest;
import io.rudder.status.NodeStatus;
import io.rudder.status.StatusJson;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What commands print and how they end, in a daemon whose status is made up. */
class ShellTest {
    private final RecordedOutput output = new RecordedOutput();
    private final TestNode node = new TestNode();

    private int run(String line) {
        return run(false, line);
    }

    private int run(boolean colour, String line) {
        CommandRequest request = new CommandRequest(Arrays.asList(line.split(" ")), colour, 0, 0, "");
        try {
            return new Shell(node, List.of()).run(request, output);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonObject json() {
        assertThat(output.out().lines()).hasSize(1);
        return JsonParser.parseString(output.out()).getAsJsonObject();
    }

    @Test
    void statusTellsEachMatterOnALine() {
        assertThat(run("status")).isZero();

        assertThat(output.out().lines())
                .contains(
                        "node      host-a, id " + TestNode.NODE_ID,
                        "state     ready; rudder 0.1.0, up 3 h 12 min",
                        "network   10.5.0.0/16, subnets of /24 from 10.5.0.0/24 to 10.5.255.0/24, backend udp port 8285",
                        "lease     10.5.34.0/24, held for 3 h, confirmed 12 min ago, 23 h 48 min left",
                        "device    rudder0, MTU 1472, UDP 203.0.113.1:8285, 1 queue,"
                                + " offloads TSO, USO, UDP GSO, UDP GRO",
                        "peers     2, 1 answer probes",
                        "sent      1.00 MiB in 2.00 k packets, now 8.00 Mbit/s, 1.00 k/s",
                        "  3  encap_drop_no_route  from the host: no lease holds the destination");
        assertThat(output.err()).isEmpty();
    }

    @Test
    void statusHasColoursOnATerminalOnly() {
        run(true, "status");

        assertThat(output.out()).contains("\033[32mready\033[0m");
    }

    @Test
    void statusAsJsonIsTheStatus() {
        assertThat(run("status -json")).isZero();

        assertThat(StatusJson.read(output.out(), NodeStatus.class)).isEqualTo(node.status());
        assertThat(json().get("schema").getAsInt()).isEqualTo(1);
    }

    @Test
    void peersAreATable() {
        assertThat(run("peers")).isZero();

        assertThat(output.out().lines())
                .containsExactly(
                        "SUBNET       ENDPOINT          NODE          SENT  PACKETS  RECEIVED  PACKETS  DROPS"
                                + "  LAST SEEN  ROUND TRIP  LOSS   MTU",
                        "10.5.2.0/24  203.0.113.2:8285  2f2f2f2f  12.0 KiB       10  24.0 MiB   20.0 k      1"
                                + "  0.3 s ago     1.50 ms  50 %  1472",
                        "10.5.3.0/24  203.0.113.3:8285  -              0 B        0       0 B        0      0"
                                + "          -           -     -  1472");
    }

    @Test
    void peersAsJsonHaveTheSchemasNumber() {
        assertThat(run("peers --json")).isZero();

        assertThat(json().get("schema").getAsInt()).isEqualTo(1);
        assertThat(json().getAsJsonArray("peers")
                        .get(0)
                        .getAsJsonObject()
                        .get("subnet")
                        .getAsString())
                .isEqualTo("10.5.2.0/24");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "10.5.34.9|own|0|10.5.34.9 is in this node's own subnet 10.5.34.0/24",
                "10.5.3.1|peer|0|10.5.3.1 is in 10.5.3.0/24, which 203.0.113.3:8285 answers for (no node id)",
                "10.5.9.1|nobody|1|10.5.9.1 is in no lease: packets to it are dropped",
                "192.0.2.1|outside|1|192.0.2.1 is outside the overlay's network: the kernel routes it elsewhere"
            })
    void whichFindsWhoAnswersForAnAddress(String address, String kind, int code, String text) {
        assertThat(run("which " + address)).isEqualTo(code);
        assertThat(output.out()).isEqualTo(text + "\n");

        output.clear();
        run("which -json " + address);
        assertThat(json().get("kind").getAsString()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "which|2|Missing required parameter: 'IP'; 'rudder which -help' lists the options",
                "which 10.5.0|1|'10.5.0' is not an IPv4 address (expected a.b.c.d)",
                "peers -jsn|2|unknown option '-jsn', did you mean -json; 'rudder peers -help' lists the options",
                "peers now|2|unexpected argument 'now'; 'rudder peers -help' lists the options",
                "config|1|config needs to know what to do: show, check or put",
                "config check {}|1|the configuration cannot be used: Network is missing: it names the overlay's"
                        + " addresses, such as \"10.0.0.0/16\"",
                "log-level loud|1|'loud' is not a level (expected trace, debug, info, warn, error, off or default)",
                "top|1|top needs a terminal; 'rudder status -json' prints the same once",
                "capture -protocol sctp|1|-protocol 'sctp' (expected: icmp, tcp or udp)",
                "completion fish|1|no completion for 'fish' (expected bash or zsh)",
                "leases reserve 10.5.1 192.0.2.1|1|no registry here"
            })
    void mistakesAreToldInOneLine(String line, int code, String complaint) {
        assertThat(run(line)).isEqualTo(code);

        assertThat(output.err()).isEqualTo("rudder: " + complaint + "\n");
        assertThat(output.out()).isEmpty();
    }

    @Test
    void aCheckedConfigurationIsToldToPrograms() {
        assertThat(run("config check -json {\"Network\":\"10.5.0.0/16\"}")).isZero();

        assertThat(json().get("schema").getAsInt()).isEqualTo(1);
        assertThat(json().get("network").getAsString()).isEqualTo("10.5.0.0/16");
        assertThat(json().get("subnets").getAsInt()).isEqualTo(256);
    }

    @Test
    void anUnknownCommandIsToldWhatThereIs() {
        assertThat(run("stats")).isEqualTo(Shell.MISUSED);

        assertThat(output.err()).startsWith("rudder: no command 'stats'; there are status, peers, which, ");
    }

    @ParameterizedTest
    @EnumSource
    void everyCommandHelps(CommandName name) {
        assertThat(run(name.text() + " -help")).isZero();

        assertThat(output.out()).contains("Usage: rudder " + name.text()).contains("-run-dir");
    }

    @Test
    void completionKnowsEveryCommand() {
        assertThat(run("completion bash")).isZero();

        for (CommandName name : CommandName.values()) {
            assertThat(output.out()).contains(name.text());
        }
    }
}
