package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PollPolicyTest {
    private static final long MICROSECOND = 1000;
    private static final long LIMIT = 100 * MICROSECOND;

    private final PollPolicy policy = new PollPolicy(LIMIT);
    private long now = 5;

    @Test
    void sleepsAtFirst() {
        assertThat(policy.polls(now)).isFalse();
    }

    @Test
    void asksWhileSmallPacketsGoBackAndForth() {
        turns(50, 30, 5);

        assertThat(policy.polls(now)).isTrue();
        assertThat(policy.polls(now + LIMIT - 1)).isTrue();
    }

    @Test
    void sleepsWhenTheNextPacketDoesNotComeInTime() {
        turns(50, 30, 5);

        assertThat(policy.polls(now + LIMIT)).isFalse();
    }

    @Test
    void sleepsBetweenPacketsThatComeSeldom() {
        turns(50, 30, 5);
        turns(1, 1_000_000, 5);

        assertThat(policy.polls(now)).isFalse();
    }

    @Test
    void leavesTheProcessorToOthersUnderAStream() {
        turns(50, 30, 5);
        turns(10, 30, 300);

        assertThat(policy.polls(now)).isFalse();
    }

    @Test
    void asksAgainAfterAStream() {
        turns(10, 30, 300);
        turns(50, 30, 5);

        assertThat(policy.polls(now)).isTrue();
    }

    @Test
    void sleepsForAWhileWhenOthersKeepTheProcessor() {
        turns(50, 30, 5);

        policy.yielded(now, now + 3000 * MICROSECOND);
        now += 3000 * MICROSECOND;
        turns(50, 30, 5);

        assertThat(policy.polls(now)).isFalse();
        turns(5000, 30, 5);
        assertThat(policy.polls(now)).isTrue();
    }

    @Test
    void asksOnWhenOthersKeepTheProcessorBriefly() {
        turns(50, 30, 5);

        policy.yielded(now, now + 10 * MICROSECOND);

        assertThat(policy.polls(now)).isTrue();
    }

    private void turns(int count, long idleMicroseconds, long busyMicroseconds) {
        for (int i = 0; i < count; i++) {
            now += (idleMicroseconds + busyMicroseconds) * MICROSECOND;
            policy.handled(now, busyMicroseconds * MICROSECOND);
        }
    }
}
