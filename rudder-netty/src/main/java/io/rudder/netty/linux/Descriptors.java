package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/** What can be done with any file descriptor. */
public final class Descriptors {
    private Descriptors() {}

    /**
     * The same open file, by a descriptor that the caller alone has: the given one is closed, so that nobody who still
     * has it closes what has its number by then.
     *
     * @throws IOException if that cannot be; the given one is as it was
     */
    public static FileDescriptor takeOver(FileDescriptor given) throws IOException {
        FileDescriptor own = duplicate(given);
        given.close();
        return own;
    }

    /** A second descriptor of the same open file, closed on exec: the file lives on when the first one is closed. */
    public static FileDescriptor duplicate(FileDescriptor original) throws IOException {
        if (!original.isOpen()) {
            throw new IOException("cannot duplicate a descriptor: it is closed");
        }
        try {
            return new FileDescriptor(LibC.fcntl(original.intValue(), LibC.F_DUPFD_CLOEXEC, 0));
        } catch (LastErrorException e) {
            throw new IOException("cannot duplicate a descriptor: " + LibC.strerror(e.getErrorCode()), e);
        }
    }
}
