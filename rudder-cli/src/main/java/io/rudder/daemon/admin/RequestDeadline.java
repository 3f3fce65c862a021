package io.rudder.daemon.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Closes a connection that does not finish its next request in time after the last answer, however many bytes it trickles
 * meanwhile, or does not take an answer in time after the request, however many more it asks for. After the aggregator in
 * the pipeline.
 */
final class RequestDeadline extends ChannelDuplexHandler {
    private final long nanos;
    private final Consumer<Channel> onUse;
    private int unanswered;
    private Future<?> timer;

    /**
     * A deadline for one connection.
     *
     * @param onUse hears of each request and each answer that was taken
     */
    RequestDeadline(Duration bound, Consumer<Channel> onUse) {
        this.nanos = bound.toNanos();
        this.onUse = onUse;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        restart(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof FullHttpRequest) {
            if (unanswered == 0) {
                restart(context);
            }
            unanswered++;
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ChannelPromise written = promise.unvoid();
        if (message instanceof LastHttpContent) {
            written.addListener(done -> answered(context));
        }
        context.write(message, written);
    }

    private void answered(ChannelHandlerContext context) {
        unanswered--;
        restart(context);
    }

    private void restart(ChannelHandlerContext context) {
        cancel();
        if (context.channel().isActive()) {
            onUse.accept(context.channel());
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
