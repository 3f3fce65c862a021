package io.rudder.daemon.socket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/** Output as frames on a connection. */
final class ChannelOutput implements CommandOutput {
    private final Channel channel;

    ChannelOutput(Channel channel) {
        this.channel = channel;
    }

    @Override
    public void out(byte[] bytes) {
        write(Frame.OUT, bytes);
    }

    @Override
    public void err(byte[] bytes) {
        write(Frame.ERR, bytes);
    }

    private void write(int type, byte[] bytes) {
        for (int start = 0; start < bytes.length; start += Frame.MAX_BYTES) {
            int length = Math.min(Frame.MAX_BYTES, bytes.length - start);
            ByteBuf frame = channel.alloc().buffer(Frame.HEADER_BYTES + length);
            channel.write(frame.writeByte(type).writeInt(length).writeBytes(bytes, start, length));
        }
        channel.flush();
    }

    /** The last frame. */
    void exit(int code) {
        ByteBuf frame = channel.alloc().buffer(Frame.HEADER_BYTES + Integer.BYTES);
        frame.writeByte(Frame.EXIT).writeInt(Integer.BYTES).writeInt(code);
        channel.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public boolean awaitGone(long millis) throws InterruptedException {
        return channel.closeFuture().await(millis);
    }
}
