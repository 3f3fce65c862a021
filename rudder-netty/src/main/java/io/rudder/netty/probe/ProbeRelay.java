package io.rudder.netty.probe;

import io.netty.buffer.ByteBuf;
import io.rudder.control.TokenBucket;
import io.rudder.netty.probe.ProbeMessage.Type;
import io.rudder.status.Counter;
import io.rudder.status.Counters;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Hands probes that another data loop received to the prober's loop, at a bounded rate. Belongs to that other loop. */
final class ProbeRelay implements ControlMessages {
    // Questions and answers together.
    private static final int PER_SECOND = 2 * Prober.ANSWERS_PER_SECOND;

    private final Prober prober;
    private final Executor loop;
    private final Counters counters;
    private final TokenBucket bucket;

    ProbeRelay(Prober prober, Executor loop, Counters counters, LongSupplier nanoClock) {
        this.prober = prober;
        this.loop = loop;
        this.counters = counters;
        this.bucket = new TokenBucket(nanoClock, PER_SECOND, PER_SECOND);
    }

    @Override
    public boolean accept(ByteBuf buffer, int offset, int length, int sender) {
        Type type = ProbeMessage.typeOf(buffer, offset, length);
        if (type == Type.NONE) {
            return false;
        }
        if (bucket.tryTake()) {
            int sequence = ProbeMessage.sequence(buffer, offset);
            long timestamp = ProbeMessage.timestamp(buffer, offset);
            loop.execute(() -> prober.receive(type, sequence, timestamp, sender));
        } else {
            counters.increment(Counter.PROBE_ANSWER_SUPPRESSED);
        }
        return true;
    }
}
