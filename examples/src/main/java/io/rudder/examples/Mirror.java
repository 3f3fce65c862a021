package io.rudder.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.rudder.netty.tun.PacketFilter;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A mirror between the host and the overlay: a copy of every packet goes to whoever looks. */
public final class Mirror {
    private Mirror() {}

    /** Copies what passes into a bounded queue; what finds it full is not seen. */
    static final class Tap extends PacketFilter {
        private final BlockingQueue<byte[]> seen;

        Tap(BlockingQueue<byte[]> seen) {
            this.seen = seen;
        }

        @Override
        protected boolean passesFromHost(ByteBuf packet, int offset) {
            seen.offer(ByteBufUtil.getBytes(packet, offset, packet.writerIndex() - offset));
            return true;
        }

        @Override
        protected boolean passesToHost(ByteBuf packet, int offset) {
            return passesFromHost(packet, offset);
        }
    }

    /** Runs the example. */
    public static void main(String[] args) throws Exception {
        BlockingQueue<byte[]> seen = new LinkedBlockingQueue<>(1000);
        try (Pair pair = new Pair(new Tap(seen))) {
            pair.a.send(Packets.udp("10.5.34.2", "10.5.71.9", "ping"));
            pair.b.receive(Duration.ofSeconds(10)).orElseThrow();
            pair.b.send(Packets.udp("10.5.71.9", "10.5.34.2", "pong"));
            pair.a.receive(Duration.ofSeconds(10)).orElseThrow();
        }
        seen.forEach(packet -> System.out.println("seen  " + Packets.describe(packet)));
    }
}
