package io.rudder.netty.linux;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/** What gives and takes whole IP packets through a descriptor: a TUN device, or what stands in for one. */
public interface PacketDevice {
    /** The descriptor to poll, read and write; closing it lets go of the device. */
    FileDescriptor descriptor();

    /**
     * Attaches to the interface; packets flow from then on.
     *
     * @param requestedName at most 15 characters; {@code %d} in it is replaced by the first free number
     * @param vnetHeader whether each packet is to be preceded by a {@code virtio_net_hdr}
     * @param multiQueue whether further descriptors may attach to the same interface
     * @throws IOException one line that says what would do
     */
    void attach(String requestedName, boolean vnetHeader, boolean multiQueue) throws IOException;

    /** The name of the interface; empty before {@link #attach}. */
    String name();

    /** Whether each packet is preceded by a {@code virtio_net_hdr}; known after {@link #attach}. */
    boolean hasVnetHeader();

    /**
     * Tells which work on packets may be left to the reader.
     *
     * @param offloads {@code TUN_F_} flags of linux/if_tun.h
     * @return whether they are all known; if not, nothing has changed
     */
    boolean offer(int offloads);

    /** The interface's MTU in bytes. */
    int mtu() throws IOException;

    /** Sets the interface's MTU in bytes. */
    void mtu(int mtuBytes) throws IOException;
}
