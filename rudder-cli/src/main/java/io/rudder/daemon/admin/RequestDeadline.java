package io.rudder.daemon.admin;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection that does not finish a request, or does not take its answer, in time, however many bytes it
 * trickles meanwhile. After the aggregator in the pipeline.
 */
final class RequestDeadline extends ChannelDuplexHandler {
    private final long nanos;
    private Future<?> timer;

    RequestDeadline(Duration bound) {
        this.nanos = bound.toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        restart(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof FullHttpRequest) {
            restart(context);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ChannelPromise written = promise.unvoid();
        if (message instanceof LastHttpContent) {
            written.addListener(done -> restart(context));
        }
        context.write(message, written);
    }

    private void restart(ChannelHandlerContext context) {
        cancel();
        if (context.channel().isActive()) {
            timer = context.executor().schedule(() -> context.close(), nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancel();
        context.fireChannelInactive();
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
