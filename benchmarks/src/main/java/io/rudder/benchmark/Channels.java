package io.rudder.benchmark;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;

/** Channels that cost next to nothing. */
public final class Channels {
    private Channels() {}

    /** A channel that releases whatever is written to it: the path without the system calls at its end. */
    public static Channel releasing() {
        return new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
            }

            @Override
            public void flush(ChannelHandlerContext context) {
                // Nothing is kept.
            }
        });
    }
}
