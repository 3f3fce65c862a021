package io.rudder.daemon.host;

import io.rudder.net.Ipv4Prefix;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Two rules that accept forwarded packets from and to the overlay, at the head of the chain {@code FORWARD} of the IPv4
 * filter table, tagged with a comment and only there while the chain's policy is to drop. No table of one's own can do
 * that: a packet goes on only if every table accepts it.
 */
interface ForwardRules {

    /** Puts the rules in place if the policy asks for them and they are not there yet. */
    void install() throws HostException;

    /** Removes all rules with the tag. */
    void remove() throws HostException;

    /**
     * Those of each chain of that name, by the installed tools that see it.
     *
     * @param legacyInUse whether there may be one of the older kernel interface, too, which nft does not show
     */
    static List<ForwardRules> all(Commands commands, String tunName, Ipv4Prefix network, boolean legacyInUse) {
        Set<String> programs = new LinkedHashSet<>();
        programs.add(commands.isInstalled("nft") ? "nft" : "iptables");
        if (legacyInUse) {
            programs.add(IptablesForwardRules.legacyProgram(commands));
        }
        return programs.stream()
                .filter(commands::isInstalled)
                .map(program -> program.equals("nft")
                        ? new NftForwardRules(commands, tunName, network)
                        : new IptablesForwardRules(commands, program, tunName, network))
                .toList();
    }

    /** The comment that tells a device's rules. */
    static String tag(String tunName) {
        return "rudder:" + tunName;
    }
}
