package io.rudder.daemon.handover;

import io.netty.channel.Channel;
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
     * Gives it the descriptors, which stay open here too, and waits until it says that it goes on with them. The
     * connection stays, so that its end tells the end of this process.
     *
     * @throws IOException if it does not go on with them
     */
    public void give(TunnelDescriptors descriptors) throws IOException {
        Stream.concat(descriptors.devices().stream(), descriptors.sockets().stream())
                .forEach(connection::writeAndFlush);
        try {
            goesOn.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            connection.close();
            throw new IOException("the next daemon did not go on with the tunnel", e);
        } catch (InterruptedException e) {
            connection.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
