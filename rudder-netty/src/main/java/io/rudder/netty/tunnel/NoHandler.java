package io.rudder.netty.tunnel;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;

/** What a bootstrap asks for where the handlers come later: leaves the pipeline at once. */
@ChannelHandler.Sharable
final class NoHandler extends ChannelHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.pipeline().remove(this);
    }
}
