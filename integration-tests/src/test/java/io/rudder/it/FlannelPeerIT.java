package io.rudder.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rudder.it.lab.Cluster;
import io.rudder.it.lab.Etcd;
import io.rudder.it.lab.Host;
import io.rudder.it.lab.Result;
import io.rudder.it.lab.RudderProcess;
import io.rudder.it.lab.Running;
import io.rudder.it.tool.FlannelStandIn;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Rudder node and a node of flannel's {@code udp} backend in one cluster. */
class FlannelPeerIT {
    @RegisterExtension
    static final Cluster CLUSTER = Cluster.ofHosts("rudder");

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final String FLANNEL_PREFIX = "10.0.9";
    private static final String FLANNEL_KEY = Etcd.PREFIX + "/subnets/10.0.9.0-24";
    private static final String FLANNEL_VALUE = "{\"PublicIP\":\"198.51.100.9\",\"PublicIPv6\":null}";

    private static RudderProcess rudder;
    private static Running flannel;

    @BeforeAll
    static void startBoth() {
        Host host = CLUSTER.addHost("flannel", 9);
        CLUSTER.etcd().putWithLease(FLANNEL_KEY, FLANNEL_VALUE, Duration.ofSeconds(86_400));
        flannel = host.spawnTool(FlannelStandIn.class, host.address(), FLANNEL_PREFIX);
        flannel.awaitOutput("started", BOUND);
        rudder = CLUSTER.startOn("rudder").get(0);
        String rudderPrefix = rudder.overlayAddress().replaceAll("\\.0$", "");
        flannel.tell("peer " + rudderPrefix + " " + rudder.host().address());
    }

    @Test
    void rudderReachesFlannelWithPacketsUpToTheMtu() {
        String address = FLANNEL_PREFIX + ".1";

        Result small = rudder.host().ping(address, 3);
        Result full = rudder.host().ping(address, 3, "-M", "do", "-s", "1444");

        assertThat(small.output()).contains(" 0% packet loss");
        assertThat(full.output()).contains(" 0% packet loss");
        assertThat(flannel.stdout()).contains("request from %s of 1472 bytes".formatted(rudder.overlayAddress()));
    }

    @Test
    void flannelReachesRudderWithPacketsUpToTheMtu() {
        flannel.tell("ping %s 901 84".formatted(rudder.overlayAddress()));
        flannel.tell("ping %s 902 1472".formatted(rudder.overlayAddress()));

        flannel.awaitOutput("reply from %s seq 901".formatted(rudder.overlayAddress()), BOUND);
        flannel.awaitOutput("reply from %s seq 902".formatted(rudder.overlayAddress()), BOUND);
    }

    @Test
    void flannelsKeyIsLeftAsItIs() {
        assertThat(CLUSTER.etcd().get(FLANNEL_KEY)).contains(FLANNEL_VALUE);
    }

    /** flannel decodes PublicIP from a dotted string, ignores members that it does not know, and wants no others. */
    @Test
    void theKeyOfTheRudderNodeIsOneThatFlannelReads() {
        String value = CLUSTER.etcd().get(rudder.leaseKey()).orElseThrow();

        assertThat(rudder.leaseKey()).matches("/coreos\\.com/network/subnets/10\\.0\\.\\d+\\.0-24");
        JsonObject members = JsonParser.parseString(value).getAsJsonObject();
        assertThat(members.get("PublicIP").getAsString()).isEqualTo("198.51.100.1");
        assertThat(members.get("PublicIPv6").isJsonNull()).isTrue();
        assertThat(members.asMap().keySet()).isSubsetOf("PublicIP", "PublicIPv6", "BackendData");
        JsonElement backendData = members.get("BackendData");
        assertThat(backendData).isNotNull();
        assertThat(backendData.getAsJsonObject().asMap()).containsKey("NodeID");
    }

    @Test
    void theKeyOfTheRudderNodeLivesForADay() {
        String leases = CLUSTER.etcd()
                .etcdctl("get", "-w", "json", rudder.leaseKey())
                .orFail()
                .stdout();
        JsonObject entry = JsonParser.parseString(leases)
                .getAsJsonObject()
                .getAsJsonArray("kvs")
                .get(0)
                .getAsJsonObject();
        String leaseId = Long.toHexString(entry.get("lease").getAsLong());

        String info =
                CLUSTER.etcd().etcdctl("lease", "timetolive", leaseId).orFail().stdout();

        assertThat(info).contains("granted with TTL(86400s)");
    }

    @Test
    void nothingElseOfRudderLiesWhereFlannelLists() {
        assertThat(CLUSTER.etcd().keys(Etcd.PREFIX + "/subnets"))
                .containsExactlyInAnyOrder(FLANNEL_KEY, rudder.leaseKey());
    }
}
