package io.rudder.netty.tunnel;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.rudder.netty.linux.ThreadScheduling;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes threads for event loops that the kernel runs before ordinary ones (SCHED_RR, sched(7)), as it does with its own
 * work on packets: otherwise a packet waits for milliseconds until whoever uses the processor has had its share. Threads
 * that may not be scheduled so are ordinary ones.
 *
 * <p>Meant for machines with more processors than such loops: a flood keeps its loops busy, and they leave little to
 * others (proc(5), sched_rt_runtime_us).
 */
public final class RealTimeThreadFactory extends DefaultThreadFactory {
    private static final Logger log = LoggerFactory.getLogger(RealTimeThreadFactory.class);

    /** Threads are named {@code name-<pool>-<number>}. */
    public RealTimeThreadFactory(String name) {
        super(name);
    }

    @Override
    protected Thread newThread(Runnable loop, String name) {
        return super.newThread(
                () -> {
                    try {
                        ThreadScheduling.realTime();
                    } catch (IOException e) {
                        log.debug("{}: {}", name, e.getMessage());
                    }
                    loop.run();
                },
                name);
    }
}
