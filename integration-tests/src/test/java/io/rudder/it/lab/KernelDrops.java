package io.rudder.it.lab;

import java.util.List;

/** What the kernel of a host threw away for want of room, since the host was made: nothing that a daemon could carry. */
public final class KernelDrops {
    private KernelDrops() {}

    /** Packets for which a device's queue had no room; of a TUN device these are packets that nobody read in time. */
    public static int ofDevice(Host host, String device) {
        String path = "/sys/class/net/" + device + "/statistics/tx_dropped";
        return Integer.parseInt(host.run("cat", path).stdout().strip());
    }

    /** Datagrams for which a UDP socket had no room: RcvbufErrors of proc(5), /proc/net/snmp. */
    public static int ofSockets(Host host) {
        List<String> udp = host.run("cat", "/proc/net/snmp")
                .stdout()
                .lines()
                .filter(line -> line.startsWith("Udp:"))
                .toList();
        int column = List.of(udp.get(0).split(" ")).indexOf("RcvbufErrors");
        return Integer.parseInt(udp.get(1).split(" ")[column]);
    }
}
