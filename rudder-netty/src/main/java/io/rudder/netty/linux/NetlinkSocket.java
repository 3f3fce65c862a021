package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A socket on which the kernel tells what changes in its network configuration (netlink(7)). It sees the network
 * namespace that the calling thread was in when it was opened. Not thread-safe.
 */
public final class NetlinkSocket extends FileDescriptor {
    /** Links, addresses and routes: rtnetlink(7). Needs no rights. */
    public static final int ROUTE = 0;

    /** Packet filter: linux/netfilter/nfnetlink.h. To subscribe needs CAP_NET_ADMIN. */
    public static final int NETFILTER = 12;

    // struct sockaddr_nl: family (2), pad (2), port id (4, 0 lets the kernel choose), groups (4).
    private static final int SOCKADDR_SIZE = 12;
    private static final int GROUPS = 8;

    private NetlinkSocket(int fd) {
        super(fd);
    }

    /**
     * Opens a socket that hears nothing yet.
     *
     * @param protocol the part of the kernel, {@link #ROUTE} or {@link #NETFILTER}
     */
    public static NetlinkSocket open(int protocol) throws IOException {
        try {
            int type = LibC.SOCK_RAW | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK;
            return new NetlinkSocket(LibC.socket(LibC.AF_NETLINK, type, protocol));
        } catch (LastErrorException e) {
            throw new IOException("cannot open a netlink socket: " + LibC.strerror(e.getErrorCode()), e);
        }
    }

    /**
     * Subscribes.
     *
     * @param groups the n-th bit for the n-th group of the protocol: the sum of {@code RTMGRP_} flags of
     *     linux/rtnetlink.h, or of 1 shifted by each {@code NFNLGRP_} number of linux/netfilter/nfnetlink.h less 1
     */
    public void join(int groups) throws IOException {
        ByteBuffer address = ByteBuffer.allocate(SOCKADDR_SIZE).order(ByteOrder.nativeOrder());
        address.putShort((short) LibC.AF_NETLINK).putInt(GROUPS, groups);
        try {
            LibC.bind(intValue(), address.array(), SOCKADDR_SIZE);
        } catch (LastErrorException e) {
            throw new IOException("cannot watch the network: " + LibC.strerror(e.getErrorCode()), e);
        }
    }
}
