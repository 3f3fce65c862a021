package io.rudder.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.net.Ipv4Prefix;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CountersTest {

    @Test
    void startAtZeroAndCountEachForItself() {
        Counters counters = new Counters();
        counters.increment(Counter.ENCAP_PACKETS);
        counters.increment(Counter.ENCAP_PACKETS);
        counters.add(Counter.ENCAP_BYTES, 3_000_000_000L);

        assertThat(counters.get(Counter.ENCAP_PACKETS)).isEqualTo(2);
        assertThat(counters.get(Counter.ENCAP_BYTES)).isEqualTo(3_000_000_000L);
        assertThat(counters.get(Counter.DECAP_PACKETS)).isZero();
    }

    @Test
    void theSumNamesEveryCounter() {
        Counters one = new Counters();
        Counters other = new Counters();
        one.add(Counter.DECAP_BYTES, 40);
        other.add(Counter.DECAP_BYTES, 2);

        Map<Counter, Long> sum = Counters.sum(List.of(one, other));

        assertThat(sum).containsOnlyKeys(Counter.values()).containsEntry(Counter.DECAP_BYTES, 42L);
        assertThat(sum).containsEntry(Counter.DECAP_PACKETS, 0L);
        assertThat(Counters.sum(List.of())).containsOnlyKeys(Counter.values());
    }

    @Test
    @Timeout(30)
    void aReaderSeesTheCountOfTheWriterGrowAndEnd() throws InterruptedException {
        Counters counters = new Counters();
        int total = 1_000_000;
        Thread writer = new Thread(() -> {
            for (int i = 0; i < total; i++) {
                counters.increment(Counter.DECAP_PACKETS);
            }
        });
        writer.start();
        long seen = 0;
        while (seen < total) {
            long now = counters.get(Counter.DECAP_PACKETS);
            assertThat(now).isBetween(seen, (long) total);
            seen = now;
        }
        writer.join();
        assertThat(counters.get(Counter.DECAP_PACKETS)).isEqualTo(total);
    }

    @Test
    void theCatalogueIsFitForMachinesAndPeople() {
        assertThat(Counter.ENCAP_DROP_NO_ROUTE.id()).isEqualTo("encap_drop_no_route");
        assertThat(Counter.ENCAP_DROP_NO_ROUTE.isDrop()).isTrue();
        assertThat(Counter.ENCAP_PACKETS.isDrop()).isFalse();
        assertThat(Counter.values()).extracting(Counter::description).doesNotHaveDuplicates();
        assertThat(Arrays.stream(Counter.values()).map(Counter::id)).allMatch(id -> id.matches("[a-z0-9_]+"));
    }

    @Test
    void peersAreAddedUpOverWritersAndForgottenWhenTheyAreGone() {
        Ipv4Prefix subnet = Ipv4Prefix.parse("10.0.1.0/24");
        Counters one = new Counters();
        Counters other = new Counters();
        one.peer(subnet).sent(2, 80);
        one.peer(subnet).dropReceived(1);
        other.peer(subnet).received(3, 120);
        other.peer(subnet).dropSent(4);
        other.peer(subnet).seen(1_000_000_000);

        PeerTraffic both = Counters.traffic(List.of(one, other), 3_000_000_000L).get(subnet);
        assertThat(both.traffic()).isEqualTo(new Traffic(2, 80, 4, 3, 120, 1));
        assertThat(both.lastSeenSecondsAgo()).hasValue(2);
        assertThat(Counters.traffic(List.of(one), 0).get(subnet).lastSeenSecondsAgo())
                .isEmpty();

        one.retainPeers(Set.of());
        assertThat(Counters.traffic(List.of(one), 0)).isEmpty();
    }
}
