package io.rudder.netty.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.io.IOException;
import java.lang.ref.Reference;

/**
 * State of a network interface, by the ioctls of netdevice(7): in the network namespace of the calling thread. To change
 * something needs CAP_NET_ADMIN in it.
 */
public final class NetworkDevice {
    private static final NativeLong SIOCADDRT = new NativeLong(0x890b);
    private static final NativeLong SIOCGIFFLAGS = new NativeLong(0x8913);
    private static final NativeLong SIOCSIFFLAGS = new NativeLong(0x8914);
    private static final NativeLong SIOCSIFADDR = new NativeLong(0x8916);
    private static final NativeLong SIOCSIFNETMASK = new NativeLong(0x891c);
    private static final NativeLong SIOCGIFMTU = new NativeLong(0x8921);
    private static final NativeLong SIOCSIFMTU = new NativeLong(0x8922);

    private static final NativeLong SIOCSIFTXQLEN = new NativeLong(0x8943);

    private static final int IFF_UP = 0x1;

    // errno(3)
    private static final int ENODEV = 19;

    private final String name;

    /** The interface of a name. */
    public NetworkDevice(String name) {
        this.name = name;
    }

    /** Whether there is such an interface, also one without an address. */
    public boolean isPresent() throws IOException {
        try {
            flags();
            return true;
        } catch (IOException e) {
            if (e.getCause() instanceof LastErrorException error && error.getErrorCode() == ENODEV) {
                return false;
            }
            throw e;
        }
    }

    /** The MTU in bytes. */
    public int mtu() throws IOException {
        InterfaceRequest request = request();
        control(SIOCGIFMTU, request.bytes(), "read the MTU of");
        return request.mtu();
    }

    /** Sets the MTU in bytes. */
    public void mtu(int mtuBytes) throws IOException {
        control(SIOCSIFMTU, request().mtu(mtuBytes).bytes(), "set the MTU to " + mtuBytes + " of");
    }

    /** Sets how many packets may wait in the interface's queue. */
    public void queueLength(int packets) throws IOException {
        // The union has its number where an MTU is.
        control(SIOCSIFTXQLEN, request().mtu(packets).bytes(), "set the queue length to " + packets + " of");
    }

    /** Gives the interface this address in place of the one that it had. */
    public void address(int ipv4, int prefixLength) throws IOException {
        String what = "give " + Ipv4.format(ipv4) + "/" + prefixLength + " to";
        control(SIOCSIFADDR, request().address(ipv4).bytes(), what);
        control(SIOCSIFNETMASK, request().address(Ipv4Prefix.mask(prefixLength)).bytes(), what);
    }

    /** Whether an operator has set it up. */
    public boolean isUp() throws IOException {
        return (flags() & IFF_UP) != 0;
    }

    /** Turns the interface on. */
    public void up() throws IOException {
        control(SIOCSIFFLAGS, request().flags(flags() | IFF_UP).bytes(), "take up");
    }

    private int flags() throws IOException {
        InterfaceRequest request = request();
        control(SIOCGIFFLAGS, request.bytes(), "read the flags of");
        return request.flags();
    }

    /** Sends what goes to a network to the interface, which must be up. */
    public void route(Ipv4Prefix destination) throws IOException {
        RouteRequest request = new RouteRequest(destination, name);
        control(SIOCADDRT, request.bytes(), "route " + destination + " to");
        Reference.reachabilityFence(request);
    }

    private InterfaceRequest request() {
        return new InterfaceRequest(name);
    }

    private void control(NativeLong command, byte[] request, String what) throws IOException {
        int socket = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM_CLOEXEC, 0);
        try {
            LibC.ioctl(socket, command, request);
        } catch (LastErrorException e) {
            throw new IOException("cannot " + what + " '" + name + "': " + LibC.strerror(e.getErrorCode()), e);
        } finally {
            LibC.close(socket);
        }
    }
}
