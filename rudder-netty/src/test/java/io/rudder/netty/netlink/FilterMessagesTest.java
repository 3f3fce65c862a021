package io.rudder.netty.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterMessagesTest {
    private static final int NFTABLES = 10;
    private static final int IPV4 = 2;
    private static final int NEW_RULE = 6;
    private static final int NEW_CHAIN = 3;
    private static final int NEW_GENERATION = 15;

    /** A message with a body of struct nfgenmsg alone. */
    private static ByteBuf message(int subsystem, int change, int family) {
        return Unpooled.buffer()
                .writeIntLE(20)
                .writeShortLE(subsystem << 8 | change)
                .writeShortLE(0)
                .writeLong(0)
                .writeByte(family)
                .writeZero(3);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 3, 2, true", // a chain is new or has another policy
        "10, 5, 2, true", // a chain is gone
        "10, 2, 2, true", // a table is gone
        "10, 8, 2, true", // a rule is gone
        "10, 6, 2, false", // a new rule
        "10, 12, 2, false", // an element of a set
        "10, 3, 10, false", // a chain of IPv6
        "1, 3, 2, false", // connection tracking
    })
    void tellsWhatMayTakeRulesAway(int subsystem, int change, int family, boolean concerns) {
        assertThat(FilterMessages.concernChains(message(subsystem, change, family)))
                .isEqualTo(concerns);
    }

    @Test
    void findsItAmongOthers() {
        ByteBuf datagram = Unpooled.wrappedBuffer(
                message(NFTABLES, NEW_RULE, IPV4),
                message(NFTABLES, NEW_CHAIN, IPV4),
                message(NFTABLES, NEW_GENERATION, 0));
        assertThat(FilterMessages.concernChains(datagram)).isTrue();
    }

    @Test
    void whatMakesNoSenseIsPassedOver() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            FilterMessages.concernChains(Unpooled.wrappedBuffer(bytes));
        }
        assertThat(FilterMessages.concernChains(Unpooled.wrappedBuffer(new byte[64])))
                .isFalse();
    }
}
