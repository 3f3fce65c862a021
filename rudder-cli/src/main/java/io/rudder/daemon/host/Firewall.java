package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.nio.file.Path;
import java.util.Optional;
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
 * nftables is used where it is installed, iptables elsewhere. All names and tags contain the TUN device's name, so that
 * several daemons do not meet, and a daemon replaces what a killed one of its device left.
 */
public final class Firewall {
    private static final Logger log = LoggerFactory.getLogger(Firewall.class);
    private static final Path IP_FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final String NONE_INSTALLED = "neither nft nor iptables is installed";

    private final Optional<NatRules> natRules;
    private final Optional<ForwardRules> forwardRules;

    private Firewall(Optional<NatRules> natRules, Optional<ForwardRules> forwardRules) {
        this.natRules = natRules;
        this.forwardRules = forwardRules;
    }

    /**
     * Chooses the tool; nothing is changed yet.
     *
     * @param network all addresses of the overlay
     */
    public static Firewall choose(Commands commands, String tunName, Ipv4Prefix network) {
        if (commands.isInstalled("nft")) {
            return new Firewall(
                    Optional.of(new NftNatRules(commands, tunName, network)),
                    Optional.of(ForwardRules.choose(commands, tunName, network)));
        }
        if (commands.isInstalled("iptables")) {
            return new Firewall(
                    Optional.of(new IptablesNatRules(commands, tunName, network)),
                    Optional.of(ForwardRules.choose(commands, tunName, network)));
        }
        return new Firewall(Optional.empty(), Optional.empty());
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
            attempt(natRules, NatRules::remove);
        }
        attempt(forwardRules, ForwardRules::install);
        if (KernelSetting.read(IP_FORWARD).filter("0"::equals).isPresent()) {
            log.warn("net.ipv4.ip_forward is 0: containers do not reach the overlay; 'sysctl -w net.ipv4.ip_forward=1'"
                    + " turns forwarding on");
        }
    }

    /** Accepts forwarded packets again if someone set the policy to drop since, as Docker does when it starts. */
    public void keepUp() {
        attempt(forwardRules, ForwardRules::install);
    }

    /** Whether the kernel tells {@link HostWatch} of changes: the older kernel interface does not. */
    public boolean isWatched() {
        return !IptablesForwardRules.isLegacyInUse();
    }

    /** Removes all rules of this device. */
    public void remove() throws HostException {
        attempt(forwardRules, ForwardRules::remove);
        if (natRules.isPresent()) {
            natRules.get().remove();
        }
    }

    private static <T> void attempt(Optional<T> rules, Step<T> step) {
        try {
            if (rules.isPresent()) {
                step.run(rules.get());
            }
        } catch (HostException e) {
            log.warn("packet filter: {}", e.getMessage());
        }
    }

    private interface Step<T> {
        void run(T rules) throws HostException;
    }
}
