package io.rudder.examples;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** A shaper between the host and the overlay: at most one packet every 50 ms from the host, the next ones wait. */
public final class Shape {
    private Shape() {}

    /** Holds packets back and lets one go at a time; of more than fit the queue the latest are dropped. */
    static final class Pacer extends ChannelDuplexHandler {
        private static final int QUEUE_LENGTH = 100;

        private final long intervalMillis;
        private final Deque<Object> waiting = new ArrayDeque<>();
        private boolean busy;

        Pacer(Duration interval) {
            intervalMillis = interval.toMillis();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object packet) {
            if (!busy) {
                pass(context, packet);
            } else if (waiting.size() < QUEUE_LENGTH) {
                waiting.add(packet);
            } else {
                ReferenceCountUtil.release(packet);
            }
        }

        private void pass(ChannelHandlerContext context, Object packet) {
            busy = true;
            context.executor().schedule(() -> next(context), intervalMillis, TimeUnit.MILLISECONDS);
            context.fireChannelRead(packet);
            // What is behind gathers packets until it hears that no more come at once.
            context.fireChannelReadComplete();
        }

        private void next(ChannelHandlerContext context) {
            busy = false;
            if (!waiting.isEmpty() && !context.isRemoved()) {
                pass(context, waiting.remove());
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            waiting.forEach(ReferenceCountUtil::release);
            waiting.clear();
        }
    }

    /** Runs the example. */
    public static void main(String[] args) throws Exception {
        try (Pair pair = new Pair(new Pacer(Duration.ofMillis(50)))) {
            long start = System.nanoTime();
            for (int i = 1; i <= 10; i++) {
                pair.a.send(Packets.udp("10.5.34.2", "10.5.71.9", "packet " + i));
            }
            byte[] last = {};
            for (int i = 1; i <= 10; i++) {
                last = pair.b.receive(Duration.ofSeconds(10)).orElseThrow();
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            System.out.println("received  " + Packets.describe(last));
            System.out.println("ten packets took " + (millis >= 400 ? "at least" : "less than") + " 400 ms");
        }
    }
}
