package io.rudder.netty.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct msghdr} of recvmsg(2) with what it points to, for one IPv4 datagram or a run of them in one piece of
 * memory, on 64 bit Linux in the machine's byte order:
 *
 * <pre>
 *   0 msghdr:  name* (8), namelen (4+4), iov* (8), iovlen (8), control* (8), controllen (8), flags (4+4)
 *  56 iovec:   base* (8), len (8)
 *  72 sockaddr_in: family (2), port (2, big endian), address (4, big endian), zero (8)
 *  88 cmsghdr: len (8), level (4), type (4), data: segment size (2 to send, 4 when received)
 * </pre>
 */
final class MessageHeader {
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int IOV = 16;
    private static final int IOV_LENGTH = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int IOVEC = 56;
    private static final int SOCKADDR = 72;
    private static final int CMSG = 88;
    private static final int SIZE = 128;

    private static final int SOCKADDR_SIZE = 16;
    private static final int CMSG_DATA = CMSG + 16;
    private static final int CMSG_SPACE = 24;
    private static final int CMSG_LENGTH_OF_SHORT = 16 + 2;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int UDP_GRO = 104;

    // Freed by the garbage collector with this object, never while a call may still use it.
    private final Memory owner = new Memory(SIZE);
    private final ByteBuffer memory = owner.getByteBuffer(0, SIZE).order(ByteOrder.nativeOrder());
    private final long address = Pointer.nativeValue(owner);

    MessageHeader() {
        owner.clear();
        memory.putLong(NAME, address + SOCKADDR);
        memory.putLong(IOV, address + IOVEC);
        memory.putLong(IOV_LENGTH, 1);
        memory.putShort(SOCKADDR, (short) LibC.AF_INET);
    }

    long address() {
        return address;
    }

    /** Points to the bytes to send or to fill. */
    MessageHeader bytes(long bytesAddress, int length) {
        memory.putLong(IOVEC, bytesAddress);
        memory.putLong(IOVEC + 8, length);
        return this;
    }

    /** Whom to send to. */
    MessageHeader recipient(int ip, int port) {
        memory.putInt(NAME_LENGTH, SOCKADDR_SIZE);
        memory.putShort(SOCKADDR + 2, networkOrder((short) port));
        memory.putInt(SOCKADDR + 4, Integer.reverseBytes(ip));
        return this;
    }

    /** Into datagrams of which length the kernel is to split the bytes; 0 for one datagram. */
    MessageHeader segmentSize(int size) {
        if (size == 0) {
            memory.putLong(CONTROL, 0).putLong(CONTROL_LENGTH, 0);
        } else {
            memory.putLong(CONTROL, address + CMSG).putLong(CONTROL_LENGTH, CMSG_SPACE);
            memory.putLong(CMSG, CMSG_LENGTH_OF_SHORT).putInt(CMSG + 8, SOL_UDP).putInt(CMSG + 12, UDP_SEGMENT);
            memory.putShort(CMSG_DATA, (short) size);
        }
        return this;
    }

    /** Makes room for the sender and the segment size of what is received. */
    MessageHeader expectSender() {
        memory.putInt(NAME_LENGTH, SOCKADDR_SIZE);
        memory.putLong(CONTROL, address + CMSG).putLong(CONTROL_LENGTH, CMSG_SPACE);
        return this;
    }

    int senderIp() {
        return Integer.reverseBytes(memory.getInt(SOCKADDR + 4));
    }

    int senderPort() {
        return networkOrder(memory.getShort(SOCKADDR + 2)) & 0xffff;
    }

    /** Of how many bytes each the joined datagrams are that were received; 0 for a single one. */
    int receivedSegmentSize() {
        boolean joined = memory.getLong(CONTROL_LENGTH) > 0
                && memory.getInt(CMSG + 8) == SOL_UDP
                && memory.getInt(CMSG + 12) == UDP_GRO;
        return joined ? memory.getInt(CMSG_DATA) : 0;
    }

    // Both byte orders that Java runs on here are little endian.
    private static short networkOrder(short value) {
        return Short.reverseBytes(value);
    }
}
