package io.rudder.netty.netlink;

import io.netty.buffer.ByteBuf;

/**
 * Reads what nftables tells of its changes (linux/netfilter/nfnetlink.h, nf_tables.h): the type's upper byte is the
 * subsystem, the body begins with the address family.
 */
public final class FilterMessages {
    private static final int NFTABLES = 10;
    private static final int FAMILY_IPV4 = 2;

    private static final int DELETED_TABLE = 2;
    private static final int NEW_CHAIN = 3;
    private static final int DELETED_CHAIN = 5;
    private static final int DELETED_RULE = 8;

    private FilterMessages() {}

    /**
     * Whether a datagram tells of an IPv4 chain that is new, or gone, or has another policy, or of rules that are gone. New
     * rules take none away, and sets and counters change all the time.
     */
    public static boolean concernChains(ByteBuf datagram) {
        boolean[] found = new boolean[1];
        NetlinkMessages.forEach(datagram, (type, body, end) -> {
            if (type >>> 8 == NFTABLES && end > body && datagram.getByte(body) == FAMILY_IPV4) {
                found[0] |= concernsChains(type & 0xff);
            }
        });
        return found[0];
    }

    private static boolean concernsChains(int change) {
        return switch (change) {
            case DELETED_TABLE, NEW_CHAIN, DELETED_CHAIN, DELETED_RULE -> true;
            default -> false;
        };
    }
}
