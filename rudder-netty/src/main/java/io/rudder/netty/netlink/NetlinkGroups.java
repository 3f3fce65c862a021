package io.rudder.netty.netlink;

import io.rudder.netty.linux.NetlinkSocket;
import java.net.SocketAddress;

/** What a {@link NetlinkChannel} is to hear of, which is what it binds to. */
public final class NetlinkGroups extends SocketAddress {
    /** Links, and IPv4 addresses and routes: RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE of linux/rtnetlink.h. */
    public static final NetlinkGroups IPV4_HOST = new NetlinkGroups(NetlinkSocket.ROUTE, 0x1 | 0x10 | 0x40);

    /** Changes of nftables' rules, and of those of iptables over nftables: NFNLGRP_NFTABLES, the 7th group. */
    public static final NetlinkGroups NFTABLES = new NetlinkGroups(NetlinkSocket.NETFILTER, 1 << 6);

    private static final long serialVersionUID = 1;

    private final int protocol;
    private final int flags;

    private NetlinkGroups(int protocol, int flags) {
        this.protocol = protocol;
        this.flags = flags;
    }

    int protocol() {
        return protocol;
    }

    int flags() {
        return flags;
    }

    @Override
    public String toString() {
        return "netlink " + protocol + " groups 0x" + Integer.toHexString(flags);
    }
}
