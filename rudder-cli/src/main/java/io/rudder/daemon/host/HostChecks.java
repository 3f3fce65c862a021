package io.rudder.daemon.host;

import io.rudder.net.Ipv4;
import io.rudder.net.Ipv4Prefix;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Looks for what on this host would keep a daemon from carrying packets; changes nothing. */
public final class HostChecks {
    private static final Path TUN = Path.of("/dev/net/tun");
    private static final Path OWN_STATUS = Path.of("/proc/self/status");
    private static final Path IP_FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final int CAP_NET_ADMIN = 12;
    // RFC 8200, and what every container image may expect.
    private static final int USUAL_MIN_MTU_BYTES = 1280;
    private static final List<String> BRIDGES = List.of("docker0", "cni0");

    private final Commands commands;
    private final BooleanSupplier legacyInUse;

    public HostChecks(Commands commands) {
        this(commands, IptablesForwardRules::isLegacyInUse);
    }

    HostChecks(Commands commands, BooleanSupplier legacyInUse) {
        this.commands = commands;
        this.legacyInUse = legacyInUse;
    }

    /** Whether TUN devices can be made. */
    public Finding tunDevice() {
        if (!Files.exists(TUN)) {
            return Finding.error("tun", TUN + " is missing; 'modprobe tun', or give the container that device");
        }
        try {
            FileChannel.open(TUN, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    .close();
            return Finding.ok("tun", TUN + " can be opened");
        } catch (IOException e) {
            return Finding.error(
                    "tun",
                    TUN + ": " + FileErrors.reason(e)
                            + "; run rudder as root, or allow the device (DeviceAllow=/dev/net/tun rw)");
        }
    }

    /** Whether this process may change the host's network. */
    public Finding rights() {
        try {
            long effective = Files.readAllLines(OWN_STATUS).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16))
                    .findFirst()
                    .orElse(0);
            return (effective >>> CAP_NET_ADMIN & 1) == 1
                    ? Finding.ok("rights", "CAP_NET_ADMIN is there")
                    : Finding.error("rights", "CAP_NET_ADMIN is missing; run rudder as root or with that capability");
        } catch (IOException e) {
            return Finding.warning("rights", "could not read " + OWN_STATUS + ": " + FileErrors.reason(e));
        }
    }

    /** The interface to the other hosts, and its MTU. */
    public Finding underlay(Optional<String> wanted) {
        try {
            ExternalInterface found = ExternalInterface.find(wanted);
            int inside = OverlayAddress.mtuBytesInside(found.mtuBytes());
            String text = found.name() + " has " + Ipv4.format(found.address()) + " and an MTU of " + found.mtuBytes()
                    + ", which leaves " + inside + " inside";
            return inside < USUAL_MIN_MTU_BYTES
                    ? Finding.warning("interface", text + "; raise it to " + (USUAL_MIN_MTU_BYTES + 28) + " or more")
                    : Finding.ok("interface", text);
        } catch (HostException e) {
            return Finding.error("interface", e.getMessage());
        }
    }

    /** Whether the UDP port can be had; for a daemon that runs, that is itself. */
    public Finding port(Optional<String> wanted, int port, boolean isRunning) {
        if (isRunning) {
            return Finding.ok("port", "UDP " + port + " is this daemon's");
        }
        try {
            ExternalInterface found = ExternalInterface.find(wanted);
            InetSocketAddress address = new InetSocketAddress(Ipv4.toInetAddress(found.address()), port);
            try (DatagramSocket socket = new DatagramSocket(address)) {
                return Finding.ok("port", "UDP " + socket.getLocalPort() + " is free");
            }
        } catch (BindException e) {
            return Finding.error(
                    "port",
                    "UDP " + port + " is taken; 'ss -lunp' shows by whom, or choose another -port on all hosts");
        } catch (IOException e) {
            return Finding.error("port", "UDP " + port + ": " + e.getMessage());
        } catch (HostException e) {
            return Finding.warning("port", "not looked at without an interface");
        }
    }

    /** Whether the kernel forwards packets between containers and the overlay. */
    public Finding forwarding() {
        Optional<String> value = KernelSetting.read(IP_FORWARD);
        return value.filter("1"::equals).isPresent()
                ? Finding.ok("forwarding", "net.ipv4.ip_forward is 1")
                : Finding.warning(
                        "forwarding",
                        "net.ipv4.ip_forward is " + value.orElse("unknown")
                                + ": containers do not reach the overlay; 'sysctl -w net.ipv4.ip_forward=1'");
    }

    /** Whether the packet filter lets forwarded packets through, and can be told to. */
    public Finding firewall(String tunName, boolean isRunning) {
        boolean nft = commands.isInstalled("nft");
        if (!nft && !commands.isInstalled("iptables")) {
            return Finding.warning(
                    "firewall",
                    "neither nft nor iptables is installed; -ip-masq needs one, and so does"
                            + " a host whose FORWARD policy is to drop");
        }
        try {
            List<String> dropping = forwardChains(nft).stream()
                    .filter(chain -> chain.contains("policy drop") || chain.contains("-P FORWARD DROP"))
                    .toList();
            if (dropping.isEmpty()) {
                return Finding.ok("firewall", "the FORWARD policy is to accept");
            }
            if (!isRunning) {
                return Finding.ok("firewall", "the FORWARD policy is to drop; the daemon adds rules for the overlay");
            }
            return dropping.stream().allMatch(chain -> chain.contains(ForwardRules.tag(tunName)))
                    ? Finding.ok("firewall", "the FORWARD policy is to drop, with rules that accept the overlay")
                    : Finding.error(
                            "firewall",
                            "the FORWARD policy is to drop and the overlay's rules are gone; the"
                                    + " daemon puts them back within 10 s, if not see its log");
        } catch (HostException e) {
            return Finding.warning("firewall", e.getMessage());
        }
    }

    private List<String> forwardChains(boolean nft) throws HostException {
        List<String> chains = new ArrayList<>();
        chains.add((nft
                        ? commands.run("nft", "list", "chain", "ip", "filter", "FORWARD")
                        : commands.run("iptables", "-S", "FORWARD"))
                .output());
        if (legacyInUse.getAsBoolean()) {
            chains.add(commands.run(IptablesForwardRules.legacyProgram(commands), "-S", "FORWARD")
                    .output());
        }
        return chains;
    }

    /** What on other devices lies in the overlay's network and not in this host's part of it. */
    public List<Finding> conflicts(String tunName, Ipv4Prefix network, Optional<Ipv4Prefix> subnet) {
        try {
            // Without a lease any part of the network may become another host's.
            Ipv4Prefix own = subnet.orElse(new Ipv4Prefix(network.first(), 32));
            OverlapCheck check = new OverlapCheck(new OverlayAddress(network, own, 0), tunName);
            List<String> warnings = check.warnings(HostInterface.readAll(), KernelRoute.readAll());
            return warnings.isEmpty()
                    ? List.of(Finding.ok("addresses", "none on other devices is in " + network + " by mistake"))
                    : warnings.stream()
                            .map(text -> Finding.error("addresses", text))
                            .toList();
        } catch (HostException e) {
            return List.of(Finding.warning("addresses", e.getMessage()));
        }
    }

    /** Whether the bridges of container engines have addresses of this host's subnet. */
    public List<Finding> bridges(Ipv4Prefix subnet, Path subnetFile) {
        try {
            return HostInterface.readAll().stream()
                    .filter(device -> BRIDGES.contains(device.name())
                            && !device.addresses().isEmpty())
                    .map(device -> bridge(device, subnet, subnetFile))
                    .toList();
        } catch (HostException e) {
            return List.of(Finding.warning("bridges", e.getMessage()));
        }
    }

    private static Finding bridge(HostInterface bridge, Ipv4Prefix subnet, Path subnetFile) {
        HostInterface.Address address = bridge.addresses().get(0);
        return subnet.contains(address.address())
                ? Finding.ok(bridge.name(), address + " is in this host's " + subnet)
                : Finding.warning(
                        bridge.name(),
                        address + " is not in this host's " + subnet + ": its containers are not on the overlay;"
                                + " start the container engine with the subnet of " + subnetFile);
    }
}
