package io.rudder.netty.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A message that takes open descriptors along to another process (unix(7), SCM_RIGHTS), as {@code struct msghdr} with
 * what it points to in one piece of memory, on 64 bit Linux in the machine's byte order:
 *
 * <pre>
 *   0 msghdr:  name* (8), namelen (4+4), iov* (8), iovlen (8), control* (8), controllen (8), flags (4+4)
 *  56 iovec:   base* (8), len (8)
 *  72 cmsghdr: len (8), level (4), type (4), descriptors (4 each), padded to 8
 *   . text
 * </pre>
 */
public final class RightsMessage {
    private static final int IOV = 16;
    private static final int CONTROL = 32;
    private static final int IOVEC = 56;
    private static final int CMSG = 72;
    private static final int CMSG_HEADER = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    // The kernel takes so many (SCM_MAX_FD, 253).
    private static final int MAX_DESCRIPTORS = 253;

    private RightsMessage() {}

    /**
     * Sends bytes and descriptors together through a connected Unix socket; the receiver gets descriptors of its own.
     *
     * @param passed 1 to 253 descriptors, which stay open here
     */
    public static void send(FileDescriptor socket, byte[] text, List<FileDescriptor> passed) throws IOException {
        if (passed.isEmpty() || passed.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(passed.size() + " descriptors (expected: 1 to " + MAX_DESCRIPTORS + ")");
        }
        int controlLength = CMSG_HEADER + Integer.BYTES * passed.size();
        int controlSpace = controlLength + 7 & ~7;
        int textStart = CMSG + controlSpace;
        Memory owner = new Memory(textStart + text.length + 1);
        owner.clear();
        ByteBuffer memory = owner.getByteBuffer(0, owner.size()).order(ByteOrder.nativeOrder());
        long address = Pointer.nativeValue(owner);
        memory.putLong(IOV, address + IOVEC).putLong(IOV + 8, 1);
        memory.putLong(CONTROL, address + CMSG).putLong(CONTROL + 8, controlSpace);
        memory.putLong(IOVEC, address + textStart).putLong(IOVEC + 8, text.length);
        memory.putLong(CMSG, controlLength).putInt(CMSG + 8, SOL_SOCKET).putInt(CMSG + 12, SCM_RIGHTS);
        for (int i = 0; i < passed.size(); i++) {
            memory.putInt(CMSG + CMSG_HEADER + Integer.BYTES * i, passed.get(i).intValue());
        }
        memory.position(textStart);
        memory.put(text);
        long sent = LibC.sendmsg(socket.intValue(), address, 0);
        int errno = Native.getLastError();
        Reference.reachabilityFence(owner);
        if (sent < 0) {
            throw Errors.newIOException("sendmsg", -errno);
        }
    }
}
