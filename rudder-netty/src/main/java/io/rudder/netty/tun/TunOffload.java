package io.rudder.netty.tun;

/**
 * What the kernel may leave to the reader of a TUN device, from most to least. Each needs the next one; a kernel that
 * does not know a level takes a lower one.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/networking/segmentation-offloads.html">segmentation-offloads</a>
 */
public enum TunOffload {
    /** TCP and UDP segmentation and checksums (since Linux 6.2). */
    TCP_AND_UDP(0x01 | 0x02 | 0x04 | 0x20 | 0x40),
    /** TCP segmentation and checksums. */
    TCP(0x01 | 0x02 | 0x04),
    /** Nothing: each read gives one complete packet of at most the MTU. */
    NONE(0);

    private final int flags;

    TunOffload(int flags) {
        this.flags = flags;
    }

    /** The {@code TUN_F_} flags of linux/if_tun.h: CSUM, TSO4, TSO6, USO4, USO6. */
    int flags() {
        return flags;
    }

    /** The next lower level; that of {@link #NONE} is itself. */
    TunOffload lower() {
        return this == NONE ? NONE : values()[ordinal() + 1];
    }
}
