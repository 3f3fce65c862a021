package io.rudder.netty.testing;

import io.netty.channel.unix.FileDescriptor;
import io.rudder.netty.linux.PacketDevice;

/** The application's end of a {@link LocalTun}. */
final class LocalDevice implements PacketDevice {
    private static final int DEFAULT_MTU_BYTES = 1500;

    private final String name;
    private final FileDescriptor descriptor;
    private volatile int mtuBytes = DEFAULT_MTU_BYTES;

    LocalDevice(String name, FileDescriptor descriptor) {
        this.name = name;
        this.descriptor = descriptor;
    }

    @Override
    public FileDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public void attach(String requestedName, boolean vnetHeader, boolean multiQueue) {
        // It is there already.
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean hasVnetHeader() {
        return false;
    }

    @Override
    public boolean offer(int offloads) {
        return offloads == 0;
    }

    @Override
    public int mtu() {
        return mtuBytes;
    }

    @Override
    public void mtu(int bytes) {
        mtuBytes = bytes;
    }
}
