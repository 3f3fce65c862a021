package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/** What can be done with any file descriptor. */
public final class Descriptors {
    private Descriptors() {}

    /** A second descriptor of the same open file, closed on exec: the file lives on when the first one is closed. */
    public static FileDescriptor duplicate(FileDescriptor original) throws IOException {
        try {
            return new FileDescriptor(LibC.fcntl(original.intValue(), LibC.F_DUPFD_CLOEXEC, 0));
        } catch (LastErrorException e) {
            throw new IOException("cannot duplicate a descriptor: " + LibC.strerror(e.getErrorCode()), e);
        }
    }
}
