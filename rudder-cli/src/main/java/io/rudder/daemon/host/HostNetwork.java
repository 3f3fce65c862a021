package io.rudder.daemon.host;

import io.rudder.status.Counter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Address, MTU and route of the TUN device. Whatever else the device has of an earlier daemon is removed; other devices
 * are never touched. On the daemon's thread.
 */
public final class HostNetwork {
    private static final Logger log = LoggerFactory.getLogger(HostNetwork.class);
    private static final Path DEVICE_SETTINGS = Path.of("/proc/sys/net/ipv4/conf");

    private static final int MAX_UDP_BYTES = 65507;
    private static final int MAX_UDP_SEGMENTS = 64;

    private final Commands commands;
    private final String tunName;

    public HostNetwork(Commands commands, String tunName) {
        this.commands = commands;
        this.tunName = tunName;
    }

    /** Makes the existing device carry the overlay; may be called again at any time. */
    public void configure(OverlayAddress overlay) throws HostException {
        List<HostInterface> present = HostInterface.readAll();
        new OverlapCheck(overlay, tunName)
                .warnings(present, KernelRoute.readAll())
                .forEach(log::warn);
        tune(overlay);
        commands.require("set up device " + tunName, deviceScript(overlay, present), batch());
        acceptOwnSource();
        addRoute(overlay);
    }

    /** Whether the device is there. */
    public boolean isPresent() throws HostException {
        return device().isPresent();
    }

    private Optional<HostInterface> device() throws HostException {
        return HostInterface.read(tunName);
    }

    /**
     * Puts right what others changed on the existing device since it was configured, and leaves alone what is right.
     *
     * @return what was put right, in its order
     */
    public List<Counter> repair(OverlayAddress overlay) throws HostException {
        List<Counter> repairs = new ArrayList<>();
        Optional<HostInterface> device = device();
        if (device.isEmpty()) {
            return repairs;
        }
        StringBuilder script = new StringBuilder();
        if (!device.get().up()) {
            script.append("link set dev %s up\n".formatted(tunName));
            repairs.add(Counter.REPAIR_LINK);
        }
        if (device.get().mtuBytes() != overlay.mtuBytes()) {
            script.append("link set dev %s mtu %d\n".formatted(tunName, overlay.mtuBytes()));
            repairs.add(Counter.REPAIR_MTU);
        }
        if (!device.get().has(overlay.subnet().first())) {
            script.append("address replace %s/32 dev %s\n".formatted(overlay.device(), tunName));
            repairs.add(Counter.REPAIR_ADDRESS);
        }
        if (!repairs.isEmpty()) {
            commands.require("repair device " + tunName, script.toString(), batch());
        }
        // Looked for only now: a device that is down, or whose address goes, loses its routes.
        if (!hasRoute(overlay)) {
            addRoute(overlay);
            repairs.add(Counter.REPAIR_ROUTE);
        }
        if (repairSetting()) {
            repairs.add(Counter.REPAIR_SETTING);
        }
        return repairs;
    }

    /**
     * Whether the existing device is as {@link #configure} would have it, which takes its routes away for a moment and so
     * is not for one that carries packets.
     */
    public boolean isConfigured(OverlayAddress overlay) throws HostException {
        return device().filter(device -> device.up()
                                && device.mtuBytes() == overlay.mtuBytes()
                                && device.has(overlay.subnet().first()))
                        .isPresent()
                && hasRoute(overlay);
    }

    private boolean hasRoute(OverlayAddress overlay) throws HostException {
        return KernelRoute.readAll().stream()
                .anyMatch(route ->
                        route.device().equals(tunName) && route.destination().equals(overlay.network()));
    }

    /**
     * Puts the device's kernel setting right, of whose changes the kernel does not tell; cheap.
     *
     * @return whether it was wrong
     */
    public boolean repairSetting() {
        Path setting = acceptLocal();
        return KernelSetting.read(setting).filter(value -> !value.equals("1")).isPresent()
                && KernelSetting.write(setting, "1");
    }

    /** Gives the device another MTU, and what follows from it. */
    public void changeMtu(OverlayAddress overlay) throws HostException {
        tune(overlay);
        commands.require(
                "set the MTU of " + tunName,
                "link set dev %s mtu %d\n".formatted(tunName, overlay.mtuBytes()),
                batch());
    }

    /** Removes the device if it is still there after it was closed, as one is that was made to stay. */
    public void removeLeftoverDevice() throws HostException {
        if (isPresent()) {
            commands.require("remove device " + tunName, "link delete dev " + tunName + "\n", batch());
        }
    }

    /**
     * What makes the device faster or quieter, where kernel and ip know it: super-packets of no more segments than one
     * UDP send takes (udp(7), UDP_SEGMENT: 65507 bytes), and no IPv6 address, for which the kernel would solicit routers.
     */
    private void tune(OverlayAddress overlay) throws HostException {
        int segments = Math.max(1, Math.min(MAX_UDP_SEGMENTS, MAX_UDP_BYTES / overlay.mtuBytes()));
        String script = "link set dev %1$s addrgenmode none\nlink set dev %1$s gso_max_segs %2$d\n"
                .formatted(tunName, segments);
        Commands.Result result = commands.run(script, List.of("ip", "-force", "-batch", "-"));
        log.debug("tuned {}: {}", tunName, result.output());
    }

    private String deviceScript(OverlayAddress overlay, List<HostInterface> present) {
        StringBuilder script = new StringBuilder();
        script.append("link set dev %s mtu %d up\n".formatted(tunName, overlay.mtuBytes()));
        present.stream()
                .filter(candidate -> candidate.name().equals(tunName))
                .flatMap(candidate -> candidate.addresses().stream())
                .filter(address -> address.address() != overlay.subnet().first() || address.length() != 32)
                .forEach(address -> script.append("address delete %s dev %s\n".formatted(address, tunName)));
        script.append("address replace %s/32 dev %s\n".formatted(overlay.device(), tunName));
        script.append("route flush dev %s\n".formatted(tunName));
        return script.toString();
    }

    /** Added, not replaced: "replace" would take the route from another device. */
    private void addRoute(OverlayAddress overlay) throws HostException {
        String route =
                "route add %s dev %s scope link src %s\n".formatted(overlay.network(), tunName, overlay.device());
        Commands.Result result = commands.run(route, batch());
        if (result.output().contains("File exists")) {
            throw new HostException("the route " + overlay.network() + " is taken" + byWhom(overlay)
                    + "; remove that one, or choose another Network");
        }
        if (result.exitCode() != 0) {
            throw new HostException(
                    "could not route " + overlay.network() + " to " + tunName + ": " + result.complaint("ip"));
        }
    }

    private static String byWhom(OverlayAddress overlay) throws HostException {
        return KernelRoute.readAll().stream()
                .filter(route -> route.destination().equals(overlay.network()))
                .findFirst()
                .map(route -> " by device " + route.device())
                .orElse("");
    }

    /**
     * ICMP errors that the daemon gives back into the device carry the device's own address as their source, which the
     * kernel otherwise drops as a martian (ip-sysctl, accept_local).
     */
    private void acceptOwnSource() {
        Path setting = acceptLocal();
        if (!KernelSetting.write(setting, "1")) {
            log.warn("could not set {} to 1: ICMP errors about {} will not reach programs", setting, tunName);
        }
    }

    private Path acceptLocal() {
        return DEVICE_SETTINGS.resolve(tunName).resolve("accept_local");
    }

    private static List<String> batch() {
        return List.of("ip", "-4", "-batch", "-");
    }
}
