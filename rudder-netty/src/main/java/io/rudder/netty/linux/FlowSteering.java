package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Chooses the queue of a TUN device for each packet (TUNSETSTEERINGEBPF of linux/if_tun.h) so that packets of a flow stay
 * in order: TCP by addresses and ports, everything else by addresses alone. The kernel's own choice goes by the ports of
 * whole UDP datagrams, which fragments do not have, so that the two can overtake each other.
 */
final class FlowSteering {
    private static final NativeLong TUNSETSTEERINGEBPF = new NativeLong(0x800454e0L);

    // bpf(2), linux/bpf.h: its number differs between x86_64 and aarch64, which has that of all newer machines.
    private static final NativeLong BPF = new NativeLong("aarch64".equals(System.getProperty("os.arch")) ? 280 : 321);
    private static final int PROG_LOAD = 5;
    private static final int SOCKET_FILTER = 1;
    private static final String LICENSE = "Dual BSD/GPL\0";

    private FlowSteering() {}

    /**
     * Installs the program for all queues of a device, those to come included.
     *
     * @throws IOException without CAP_BPF (or CAP_SYS_ADMIN), or in a kernel without bpf(2)
     */
    static void install(FileDescriptor tun) throws IOException {
        try {
            int program = load(SteeringProgram.instructions());
            try {
                byte[] argument = new byte[Integer.BYTES];
                ByteBuffer.wrap(argument).order(ByteOrder.nativeOrder()).putInt(program);
                LibC.ioctl(tun.intValue(), TUNSETSTEERINGEBPF, argument);
            } finally {
                LibC.close(program);
            }
        } catch (LastErrorException e) {
            throw new IOException("cannot choose the queues of packets: " + LibC.strerror(e.getErrorCode()), e);
        }
    }

    /**
     * The part of {@code union bpf_attr} that loads a program:
     *
     * <pre>
     *   0 type (4), number of instructions (4), instructions* (8), license* (8), log: level (4), size (4), text* (8)
     * </pre>
     */
    private static int load(byte[] instructions) {
        int licenseStart = instructions.length;
        try (Memory owner = new Memory(licenseStart + LICENSE.length())) {
            owner.write(0, instructions, 0, instructions.length);
            owner.write(licenseStart, LICENSE.getBytes(StandardCharsets.US_ASCII), 0, LICENSE.length());
            long address = Pointer.nativeValue(owner);
            ByteBuffer attributes = ByteBuffer.allocate(40).order(ByteOrder.nativeOrder());
            attributes.putInt(SOCKET_FILTER).putInt(instructions.length / SteeringProgram.INSTRUCTION_BYTES);
            attributes.putLong(address).putLong(address + licenseStart);
            return (int) LibC.syscall(BPF, PROG_LOAD, attributes.array(), attributes.capacity());
        }
    }
}
