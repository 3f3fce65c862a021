package io.rudder.netty.testing;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * The kernel below a UDP channel: refuses datagrams when they are flushed, and as a real channel does, tells so by the
 * write's promise. Last in the pipeline, so that it hears of the failures of void promises, too.
 */
public final class RefusingSocket extends ChannelDuplexHandler {
    public static final int EIO = 5;
    public static final int EINVAL = 22;
    public static final int EMSGSIZE = 90;
    public static final int EOPNOTSUPP = 95;
    public static final int ENOBUFS = 105;

    private final Consumer<Throwable> failures;
    private final Queue<Written> waiting = new ArrayDeque<>();
    private Rule rule = (run, longest) -> 0;

    private record Written(DatagramPacket message, ChannelPromise promise) {}

    /** What the kernel says of a message. */
    @FunctionalInterface
    public interface Rule {
        /**
         * Judges a message.
         *
         * @param run whether it is to be split
         * @param longest the length of its longest datagram in bytes
         * @return the errno, or 0 to send it
         */
        int judge(boolean run, int longest);
    }

    static {
        // Exceptions with an errno ask the native library for its text.
        Epoll.ensureAvailability();
    }

    public RefusingSocket(Consumer<Throwable> failures) {
        this.failures = failures;
    }

    /** From now on, messages are judged by this. */
    public void rule(Rule next) {
        rule = next;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        waiting.add(new Written((DatagramPacket) message, promise));
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        for (Written next = waiting.poll(); next != null; next = waiting.poll()) {
            DatagramPacket message = next.message();
            int errno = message instanceof SegmentedDatagramPacket run
                    ? rule.judge(true, run.segmentSize())
                    : rule.judge(false, message.content().readableBytes());
            if (errno == 0) {
                context.write(message, next.promise());
            } else {
                message.release();
                next.promise().setFailure(new NativeIoException("sendmsg", -errno));
            }
        }
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failures.accept(cause);
    }
}
