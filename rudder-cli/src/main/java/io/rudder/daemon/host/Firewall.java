package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's packet filter as far as the overlay needs it, on the daemon's thread:
 *
 * <ul>
 *   <li>with masquerading, packets that leave the overlay get this host's address ({@link NatRules});
 *   <li>with or without, packets from and to the overlay are forwarded also where the policy is to drop them, as Docker
 *       sets it ({@link ForwardRules}): without forwarding, no container reaches the overlay at all.
 * </ul>
 *
 * nftables is used where it is installed, iptables elsewhere; iptables-legacy beside it while somebody filters by the
 * older kernel interface. All names and tags contain the TUN device's name, so that several daemons do not meet, and a
 * daemon replaces what a killed one of its device left.
 */
public final class Firewall {
    private static final Logger log = LoggerFactory.getLogger(Firewall.class);
    private static final Path IP_FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final String NONE_INSTALLED = "neither nft nor iptables is installed";

    private final Optional<NatRules> natRules;
    private final Supplier<List<ForwardRules>> forwardRules;
    private final BooleanSupplier legacyInUse;

    private Firewall(
            Optional<NatRules> natRules, Supplier<List<ForwardRules>> forwardRules, BooleanSupplier legacyInUse) {
        this.natRules = natRules;
        this.forwardRules = forwardRules;
        this.legacyInUse = legacyInUse;
    }

    /**
     * Chooses the tool; nothing is changed yet.
     *
     * @param network all addresses of the overlay
     */
    public static Firewall choose(Commands commands, String tunName, Ipv4Prefix network) {
        return choose(commands, tunName, network, IptablesForwardRules::isLegacyInUse);
    }

    /** The same, with what tells whether somebody filters by the older kernel interface, which may begin at any time. */
    static Firewall choose(Commands commands, String tunName, Ipv4Prefix network, BooleanSupplier legacyInUse) {
        return new Firewall(
                natRules(commands, tunName, network),
                () -> ForwardRules.all(commands, tunName, network, legacyInUse.getAsBoolean()),
                legacyInUse);
    }

    private static Optional<NatRules> natRules(Commands commands, String tunName, Ipv4Prefix network) {
        if (commands.isInstalled("nft")) {
            return Optional.of(new NftNatRules(commands, tunName, network));
        }
        return commands.isInstalled("iptables")
                ? Optional.of(new IptablesNatRules(commands, tunName, network))
                : Optional.empty();
    }

    /**
     * Puts the rules in place, replacing older ones of this device.
     *
     * @param masquerade whether packets that leave the overlay get this host's address
     * @throws HostException if masquerading was asked for and cannot be had; forwarding is only warned about
     */
    public void install(boolean masquerade) throws HostException {
        if (masquerade) {
            natRules.orElseThrow(() -> new HostException(
                            NONE_INSTALLED + ", which -ip-masq needs; install nftables, or leave -ip-masq off"))
                    .install();
        } else {
            natRules.ifPresent(rules -> attempt(rules::remove));
        }
        keepUp();
        if (KernelSetting.read(IP_FORWARD).filter("0"::equals).isPresent()) {
            log.warn("net.ipv4.ip_forward is 0: containers do not reach the overlay; 'sysctl -w net.ipv4.ip_forward=1'"
                    + " turns forwarding on");
        }
    }

    /** Accepts forwarded packets again if someone set the policy to drop since, as Docker does when it starts. */
    public void keepUp() {
        forwardRules.get().forEach(rules -> attempt(rules::install));
    }

    /** Whether the kernel tells {@link HostWatch} of changes: the older kernel interface does not. */
    public boolean isWatched() {
        return !legacyInUse.getAsBoolean();
    }

    /** Removes all rules of this device. */
    public void remove() throws HostException {
        forwardRules.get().forEach(rules -> attempt(rules::remove));
        if (natRules.isPresent()) {
            natRules.get().remove();
        }
    }

    private static void attempt(Step step) {
        try {
            step.run();
        } catch (HostException e) {
            log.warn("packet filter: {}", e.getMessage());
        }
    }

    private interface Step {
        void run() throws HostException;
    }
}
