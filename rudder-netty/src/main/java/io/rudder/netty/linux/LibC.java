package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/**
 * The C library's calls that Netty's own native code does not offer. Those made once a device throw {@link
 * LastErrorException} with the errno; those made once a message return -1 and leave the errno to {@link
 * Native#getLastError}, since "try again" is their normal end.
 */
final class LibC {
    /** open(2): read and write, closed on exec, never blocking. The numbers are those of x86 and arm alike. */
    static final int O_RDWR_CLOEXEC_NONBLOCK = 0x2 | 0x80000 | 0x800;

    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int SOCK_SEQPACKET_CLOEXEC_NONBLOCK = 5 | 0x80000 | 0x800;
    static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    static final int SOCK_NONBLOCK = 0x800;

    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int EINVAL = 22;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int open(String path, int flags) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native int bind(int fd, byte[] address, int length) throws LastErrorException;

    /** {@code descriptors} takes two. */
    static native int socketpair(int domain, int type, int protocol, int[] descriptors) throws LastErrorException;

    /** {@code pollfd} is one {@code struct pollfd} of 8 bytes. */
    static native int poll(byte[] pollfd, NativeLong count, int timeoutMillis) throws LastErrorException;

    /** fcntl(2): a copy of a descriptor, closed on exec, whose number is at least the argument. */
    static final int F_DUPFD_CLOEXEC = 1030;

    static native int fcntl(int fd, int command, int argument) throws LastErrorException;

    /** For requests whose argument is a structure; it is copied in and out. */
    static native int ioctl(int fd, NativeLong request, byte[] argument) throws LastErrorException;

    /** For requests whose argument is a number. */
    static native int ioctl(int fd, NativeLong request, NativeLong argument) throws LastErrorException;

    static native long sendmsg(int fd, long messageAddress, int flags);

    static native long recvmsg(int fd, long messageAddress, int flags);

    /** {@code parameters} is {@code struct sched_param}: one int, the priority. */
    static native int sched_setscheduler(int threadId, int policy, int[] parameters) throws LastErrorException;

    /** syscall(2), for bpf(2), which the C library does not offer; {@code attributes} is copied in and out. */
    static native long syscall(NativeLong number, int command, byte[] attributes, int length) throws LastErrorException;

    static native String strerror(int errno);
}
