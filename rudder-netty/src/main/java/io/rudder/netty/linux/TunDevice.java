package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The descriptor of a TUN device: opened, then attached to an interface. Not thread-safe.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/networking/tuntap.html">tuntap.rst</a>, linux/if_tun.h
 */
public final class TunDevice implements PacketDevice {
    private static final Logger log = LoggerFactory.getLogger(TunDevice.class);

    /** The device node that every TUN device is opened through. */
    public static final String PATH = "/dev/net/tun";

    private static final NativeLong TUNSETIFF = new NativeLong(0x400454ca);
    private static final NativeLong TUNGETIFF = new NativeLong(0x800454d2L);
    private static final NativeLong TUNSETOFFLOAD = new NativeLong(0x400454d0);

    private static final int IFF_TUN = 0x0001;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_VNET_HDR = 0x4000;

    private final FileDescriptor descriptor;
    private String name = "";
    private boolean vnetHeader;
    private boolean multiQueue;

    private TunDevice(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens the device node; no interface exists yet.
     *
     * @throws IOException one line that says what would do
     */
    public static TunDevice open() throws IOException {
        try {
            return new TunDevice(new FileDescriptor(LibC.open(PATH, LibC.O_RDWR_CLOEXEC_NONBLOCK)));
        } catch (LastErrorException e) {
            throw new IOException("cannot open " + PATH + ": " + reasonForOpen(e.getErrorCode()), e);
        }
    }

    /**
     * Takes over a descriptor that is attached to an interface, from another process or another owner in this one;
     * {@link #attach} then only sees that it is the interface that is asked for. It is closed for whoever had it.
     *
     * @throws IOException if it is no such descriptor, or its interface is gone
     */
    public static TunDevice adopt(FileDescriptor attached) throws IOException {
        InterfaceRequest answer = new InterfaceRequest("");
        try {
            LibC.ioctl(attached.intValue(), TUNGETIFF, answer.bytes());
        } catch (LastErrorException e) {
            throw new IOException("not the descriptor of a TUN device: " + LibC.strerror(e.getErrorCode()), e);
        }
        TunDevice device = new TunDevice(Descriptors.takeOver(attached));
        device.attached(answer);
        return device;
    }

    private void attached(InterfaceRequest answer) {
        name = answer.name();
        vnetHeader = (answer.flags() & IFF_VNET_HDR) != 0;
        multiQueue = (answer.flags() & IFF_MULTI_QUEUE) != 0;
    }

    private static String reasonForOpen(int errno) {
        return switch (errno) {
            case LibC.EACCES, LibC.EPERM -> "no permission (run as root or with CAP_NET_ADMIN)";
            case LibC.ENOENT -> "it does not exist (mkdir -p /dev/net; mknod /dev/net/tun c 10 200)";
            case LibC.ENODEV, LibC.ENXIO -> "the kernel has no TUN driver (modprobe tun)";
            default -> LibC.strerror(errno);
        };
    }

    /** Creates the interface, or attaches to a persistent one, for raw IP packets without a packet information header. */
    @Override
    public void attach(String requestedName, boolean withVnetHeader, boolean shared) throws IOException {
        if (!name.isEmpty()) {
            requireAsAsked(requestedName, withVnetHeader, shared);
        } else {
            create(requestedName, withVnetHeader, shared);
        }
        if (multiQueue) {
            // Whoever made the device may have been another version, or without the right to do this.
            keepFlowsInOrder();
        }
    }

    private void create(String requestedName, boolean withVnetHeader, boolean shared) throws IOException {
        int flags = IFF_TUN | IFF_NO_PI | (withVnetHeader ? IFF_VNET_HDR : 0) | (shared ? IFF_MULTI_QUEUE : 0);
        InterfaceRequest request = new InterfaceRequest(requestedName).flags(flags);
        try {
            LibC.ioctl(descriptor.intValue(), TUNSETIFF, request.bytes());
        } catch (LastErrorException e) {
            throw new IOException(
                    "cannot create device '" + requestedName + "' through " + PATH + ": "
                            + reasonForAttach(e.getErrorCode()),
                    e);
        }
        attached(request);
    }

    private void keepFlowsInOrder() {
        try {
            FlowSteering.install(descriptor);
        } catch (IOException e) {
            log.info("device {}: fragments may overtake whole packets of their flow: {}", name, e.getMessage());
        }
    }

    private void requireAsAsked(String requestedName, boolean withVnetHeader, boolean shared) throws IOException {
        if (!name.equals(requestedName) || vnetHeader != withVnetHeader || multiQueue != shared) {
            throw new IOException("the device that was handed over is '" + name
                    + "', or has other queues or offloads than asked for");
        }
    }

    private static String reasonForAttach(int errno) {
        return switch (errno) {
            case LibC.EPERM -> "no permission (run as root or with CAP_NET_ADMIN)";
            case LibC.EBUSY -> "another process holds a device of that name";
            case LibC.EINVAL -> "the name is invalid or that of another kind of interface";
            default -> LibC.strerror(errno);
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean hasVnetHeader() {
        return vnetHeader;
    }

    @Override
    public boolean offer(int offloads) {
        try {
            LibC.ioctl(descriptor.intValue(), TUNSETOFFLOAD, new NativeLong(offloads));
            return true;
        } catch (LastErrorException e) {
            return false;
        }
    }

    @Override
    public int mtu() throws IOException {
        return new NetworkDevice(name).mtu();
    }

    @Override
    public void mtu(int mtuBytes) throws IOException {
        new NetworkDevice(name).mtu(mtuBytes);
    }

    /** Closing it removes the interface unless it is persistent. */
    @Override
    public FileDescriptor descriptor() {
        return descriptor;
    }
}
