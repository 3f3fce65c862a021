package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Two connected descriptors that never block and keep the boundaries of messages (unix(7), SOCK_SEQPACKET).
 *
 * @param first one end
 * @param second the other
 */
public record SocketPair(FileDescriptor first, FileDescriptor second) {
    /** poll(2): there is something to read. */
    public static final int POLLIN = 0x1;

    /** poll(2): there is room to write. */
    public static final int POLLOUT = 0x4;

    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS = 4;

    /** Makes one. */
    public static SocketPair open() throws IOException {
        int[] descriptors = new int[2];
        try {
            LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET_CLOEXEC_NONBLOCK, 0, descriptors);
        } catch (LastErrorException e) {
            throw new IOException("cannot make a socket pair: " + LibC.strerror(e.getErrorCode()), e);
        }
        return new SocketPair(new FileDescriptor(descriptors[0]), new FileDescriptor(descriptors[1]));
    }

    /**
     * Blocks until a descriptor is ready or at an end.
     *
     * @param events {@link #POLLIN} or {@link #POLLOUT}
     * @param timeoutMillis how long at the most
     * @return whether it is
     */
    public static boolean await(FileDescriptor descriptor, int events, int timeoutMillis) {
        byte[] pollfd = new byte[POLLFD_BYTES];
        ByteBuffer.wrap(pollfd)
                .order(ByteOrder.nativeOrder())
                .putInt(descriptor.intValue())
                .putShort(EVENTS, (short) events);
        return LibC.poll(pollfd, new NativeLong(1), timeoutMillis) > 0;
    }
}
