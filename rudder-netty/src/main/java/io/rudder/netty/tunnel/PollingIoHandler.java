package io.rudder.netty.tunnel;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import java.time.Duration;

/**
 * Netty's epoll handler for a loop whose next event mostly comes soon: before the loop sleeps it asks for events again
 * and again for a while, and so spares a sleeping processor's wake-up, which is most of a small packet's delay. {@link
 * PollPolicy} tells when that is worth it: while small packets go back and forth, not under a stream, and not while other
 * threads want the processor.
 *
 * <p>{@code new MultiThreadIoEventLoopGroup(PollingIoHandler.newFactory(Duration.ofNanos(100_000)))} makes a group of
 * such loops. Belongs to its loop's thread, but for {@link #wakeup}.
 */
public final class PollingIoHandler implements IoHandler {
    private final IoHandler epoll;
    private final PollPolicy policy;
    private final Turn turn = new Turn();

    PollingIoHandler(IoHandler epoll, PollPolicy policy) {
        this.epoll = epoll;
        this.policy = policy;
    }

    /**
     * Makes a handler for each loop of a group.
     *
     * @param limit the longest that a loop asks before it sleeps; more than 0 and at most a second
     */
    public static IoHandlerFactory newFactory(Duration limit) {
        if (limit.isNegative() || limit.isZero() || limit.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: more than 0, at most a second)");
        }
        IoHandlerFactory handlers = EpollIoHandler.newFactory();
        return executor -> new PollingIoHandler(handlers.newHandler(executor), new PollPolicy(limit.toNanos()));
    }

    @Override
    public int run(IoHandlerContext context) {
        boolean polls = policy.polls(System.nanoTime());
        int handled = epoll.run(turn.begin(context, polls));
        if (handled > 0) {
            policy.handled(System.nanoTime(), turn.activeNanos);
        } else if (polls && context.canBlock()) {
            offerProcessor();
        }
        return handled;
    }

    /** Others may need the processor, the one that is to send the next packet among them. */
    private void offerProcessor() {
        long before = System.nanoTime();
        Thread.yield();
        policy.yielded(before, System.nanoTime());
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return epoll.register(handle);
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    /** What epoll is told of its turn, and what it tells: how long it was at work. */
    private static final class Turn implements IoHandlerContext {
        private IoHandlerContext context;
        private boolean polls;
        private long activeNanos;

        Turn begin(IoHandlerContext loop, boolean asksOnly) {
            context = loop;
            polls = asksOnly;
            activeNanos = 0;
            return this;
        }

        @Override
        public boolean canBlock() {
            return !polls && context.canBlock();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return context.delayNanos(currentTimeNanos);
        }

        @Override
        public long deadlineNanos() {
            return context.deadlineNanos();
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return true;
        }

        @Override
        public void reportActiveIoTime(long nanos) {
            activeNanos = nanos;
            if (context.shouldReportActiveIoTime()) {
                context.reportActiveIoTime(nanos);
            }
        }
    }
}
