package io.rudder.daemon.handover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.tunnel.TunnelDescriptors;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The daemon that asked to go on with the tunnel. Safe on any thread but the loop's. */
public final class Successor {
    private static final long LIMIT_SECONDS = 1;

    private final Channel connection;
    private final int queues;

    Successor(Channel connection, int queues) {
        this.connection = connection;
        this.queues = queues;
    }

    /** How many queues it wants the device to have. */
    public int queues() {
        return queues;
    }

    /** Says no. */
    public void refuse() {
        connection.close();
    }

    /**
     * Gives it the descriptors, which stay open here too. The connection stays, so that its end tells the end of this
     * process.
     *
     * @throws IOException if it is not there any more
     */
    public void give(TunnelDescriptors descriptors) throws IOException {
        ChannelFuture last = connection.newSucceededFuture();
        for (FileDescriptor descriptor : (Iterable<FileDescriptor>)
                Stream.concat(descriptors.devices().stream(), descriptors.sockets().stream())::iterator) {
            last = connection.writeAndFlush(descriptor);
        }
        if (!last.awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS) || !last.isSuccess()) {
            connection.close();
            throw new IOException("the next daemon did not take the tunnel", last.cause());
        }
    }
}
