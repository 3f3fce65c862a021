package io.rudder.daemon.handover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.tunnel.TunnelDescriptors;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The daemon that asked to go on with the tunnel. Safe on any thread but the loop's. */
public final class Successor {
    // As long as it may take another daemon to open the tunnel.
    private static final long LIMIT_SECONDS = 5;

    private final Channel connection;
    private final int queues;
    private final CompletableFuture<Void> goesOn = new CompletableFuture<>();

    Successor(Channel connection, int queues) {
        this.connection = connection;
        this.queues = queues;
        connection.closeFuture().addListener(closed -> goesOn.completeExceptionally(new IOException("it ended")));
    }

    /** It said that it goes on with the tunnel. */
    void goesOn() {
        goesOn.complete(null);
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
     * Gives it the descriptors, which stay open here too, waits until it says that it goes on with them, and agrees. The
     * connection stays, so that its end tells the end of this process.
     *
     * @throws IOException if it does not go on with them, or does not hear that this process agrees
     */
    public void give(TunnelDescriptors descriptors) throws IOException {
        Stream.concat(descriptors.devices().stream(), descriptors.sockets().stream())
                .forEach(connection::writeAndFlush);
        try {
            awaitGoesOn();
            agree(descriptors.devices().get(0));
        } catch (ExecutionException e) {
            connection.close();
            throw new IOException("the next daemon did not go on with the tunnel", e.getCause());
        }
    }

    private void awaitGoesOn() throws ExecutionException {
        try {
            goesOn.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            decide(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            decide(e);
        }
    }

    /** Nobody waits any longer; what it said before this moment counts, and nothing after. */
    private void decide(Exception reason) throws ExecutionException {
        if (goesOn.completeExceptionally(reason)) {
            throw new ExecutionException(reason);
        }
    }

    /** It reads nothing but descriptors; which one it is says nothing. */
    private void agree(FileDescriptor any) throws ExecutionException {
        ChannelFuture said = connection.writeAndFlush(any).awaitUninterruptibly();
        if (!said.isSuccess()) {
            throw new ExecutionException(said.cause());
        }
    }
}
