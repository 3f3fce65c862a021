package io.rudder.netty.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class HeldMemoryTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("198.51.100.2", 8285);

    private static int sizeOf(ByteBuf content) {
        return new HeldMemory().newHandle().size(new DatagramPacket(content, PEER));
    }

    @Test
    void aSmallPacketCountsAsTheBufferThatItHolds() {
        ByteBuf run = Unpooled.directBuffer(65507, 65507).writeZero(1400);

        assertThat(sizeOf(run)).isEqualTo(65507);
        assertThat(sizeOf(run.slice(100, 20))).isEqualTo(65507);
        run.release();
    }

    @Test
    void noMessageCountsAsMoreThanTheLargest() {
        ByteBuf chunk = Unpooled.buffer(1 << 20).writeZero(1 << 20);

        assertThat(sizeOf(chunk.slice(0, 1400))).isEqualTo(65536);
        chunk.release();
    }
}
