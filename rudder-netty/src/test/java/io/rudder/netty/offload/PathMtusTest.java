package io.rudder.netty.offload;

import static org.assertj.core.api.Assertions.assertThat;

import io.rudder.netty.testing.Peers;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathMtusTest {
    private static final int FULL = 1472;

    private final Map<InetSocketAddress, Integer> kernel = new HashMap<>();
    private long nanos;
    private final PathMtus mtus = new PathMtus(() -> nanos, address -> kernel.getOrDefault(address, 0));

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void knowsNothingAtFirst() {
        assertThat(mtus.limit(Peers.B)).isEqualTo(PathMtus.UNLIMITED);
    }

    @Test
    void learnsWhatIsLeftOfThePathMtuWithoutTheOuterHeaders() {
        kernel.put(Peers.B.endpoint(), 1400);
        assertThat(mtus.learn(Peers.B, FULL)).isTrue();
        assertThat(mtus.limit(Peers.B)).isEqualTo(1372);
        assertThat(mtus.limit(Peers.C)).isEqualTo(PathMtus.UNLIMITED);
    }

    @Test
    void theLimitIsThatOfTheHostAndSoOfAllItsSubnets() {
        kernel.put(Peers.B.endpoint(), 1400);
        mtus.learn(Peers.B, FULL);
        assertThat(mtus.limit(Peers.peer("10.0.77.0/24", "198.51.100.2"))).isEqualTo(1372);
    }

    @ParameterizedTest
    @CsvSource({"0", "-5", "28", "68", "95", "1500", "1501", "9000", "65536"})
    void doesNotBelieveAnswersThatExplainNothing(int pathMtu) {
        kernel.put(Peers.B.endpoint(), pathMtu);
        assertThat(mtus.learn(Peers.B, FULL)).isFalse();
        assertThat(mtus.limit(Peers.B)).isEqualTo(PathMtus.UNLIMITED);
    }

    @ParameterizedTest
    @ValueSource(ints = {96, 1499})
    void believesAnswersThatDo(int pathMtu) {
        kernel.put(Peers.B.endpoint(), pathMtu);
        assertThat(mtus.learn(Peers.B, FULL)).isTrue();
        assertThat(mtus.limit(Peers.B)).isEqualTo(pathMtu - 28);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1_000_000_000_000L, Long.MAX_VALUE - 1000, -5})
    void forgetsAfterTenMinutes(long start) {
        nanos = start;
        kernel.put(Peers.B.endpoint(), 1400);
        mtus.learn(Peers.B, FULL);
        pass(Duration.ofMinutes(10));
        assertThat(mtus.limit(Peers.B)).isEqualTo(1372);
        pass(Duration.ofNanos(1));
        assertThat(mtus.limit(Peers.B)).isEqualTo(PathMtus.UNLIMITED);
    }

    @Test
    void whatIsLearnedAnewCountsFromThen() {
        kernel.put(Peers.B.endpoint(), 1400);
        mtus.learn(Peers.B, FULL);
        pass(Duration.ofMinutes(6));
        kernel.put(Peers.B.endpoint(), 1300);
        assertThat(mtus.learn(Peers.B, 1372)).isTrue();
        pass(Duration.ofMinutes(6));
        assertThat(mtus.limit(Peers.B)).isEqualTo(1272);
    }

    @Test
    void anAnswerThatExplainsNothingLeavesWhatIsKnown() {
        kernel.put(Peers.B.endpoint(), 1400);
        mtus.learn(Peers.B, FULL);
        kernel.put(Peers.B.endpoint(), 1500);
        assertThat(mtus.learn(Peers.B, 1372)).isFalse();
        assertThat(mtus.limit(Peers.B)).isEqualTo(1372);
    }

    @Test
    void theKernelTellsTheMtuOfALoopback() {
        assertThat(PathMtus.askKernel(new InetSocketAddress("127.0.0.1", 8285))).isGreaterThanOrEqualTo(16384);
    }
}
