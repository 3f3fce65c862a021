package io.rudder.netty.linux;

import com.sun.jna.NativeLong;
import io.netty.channel.unix.FileDescriptor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A device as one has it who may not load a program into the kernel. */
public final class Steering {
    private static final NativeLong TUNSETSTEERINGEBPF = new NativeLong(0x800454e0L);

    private Steering() {}

    /** From now on the kernel chooses the queue of each packet of the device. */
    public static void leaveToKernel(FileDescriptor tun) {
        byte[] none = new byte[Integer.BYTES];
        ByteBuffer.wrap(none).order(ByteOrder.nativeOrder()).putInt(-1);
        LibC.ioctl(tun.intValue(), TUNSETSTEERINGEBPF, none);
    }
}
