package io.rudder.netty.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class UdpSocketTest {
    /** A descriptor's number is soon somebody else's: its file must have one owner at any time. */
    @Test
    void whoGaveADescriptorAwayClosesNobodyElses() throws IOException {
        UdpSocket given = UdpSocket.open();
        int number = given.intValue();
        UdpSocket adopted = UdpSocket.adopt(given);
        assertThat(given.isOpen()).isFalse();
        adopted.close();
        SocketPair others = SocketPair.open();
        try {
            assertThat(number).isIn(others.first().intValue(), others.second().intValue());
            given.close();
            Descriptors.duplicate(others.first()).close();
            Descriptors.duplicate(others.second()).close();
        } finally {
            others.first().close();
            others.second().close();
        }
    }

    @Test
    void aClosedDescriptorIsNotDuplicated() throws IOException {
        FileDescriptor closed = UdpSocket.open();
        closed.close();
        assertThatThrownBy(() -> Descriptors.duplicate(closed))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }
}
