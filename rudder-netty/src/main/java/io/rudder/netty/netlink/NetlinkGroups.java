package io.rudder.netty.netlink;

import java.net.SocketAddress;

/** What a {@link NetlinkChannel} is to hear of, which is what it binds to. */
public final class NetlinkGroups extends SocketAddress {
    /** Links, and IPv4 addresses and routes: RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE of linux/rtnetlink.h. */
    public static final NetlinkGroups IPV4_HOST = new NetlinkGroups(0x1 | 0x10 | 0x40);

    private static final long serialVersionUID = 1;

    private final int flags;

    private NetlinkGroups(int flags) {
        this.flags = flags;
    }

    int flags() {
        return flags;
    }

    @Override
    public String toString() {
        return "netlink groups 0x" + Integer.toHexString(flags);
    }
}
